// Draws figures. They are written in light colours; in the dark each colour has its twin.
import { $, $$, isDark, make } from "./dashboard.js";

const twins = JSON.parse($("#twins").textContent);
const config = { responsive: true, displayModeBar: false, showTips: false };

// Plotly writes style attributes, which the page's policy forbids; through the object model the
// same is allowed.
const setAttribute = Element.prototype.setAttribute;
Element.prototype.setAttribute = function (name, value) {
  if (name === "style" && this.style) this.style.cssText = value;
  else setAttribute.call(this, name, value);
};

function inTheme(source) {
  return JSON.parse(isDark() ? source.replace(/#[0-9a-f]{6}/g, (colour) => twins[colour] ?? colour) : source);
}

let isLoaded = null;

/** Wait for Plotly: nothing on a page but its figures waits for so much to be read. */
function plotly() {
  isLoaded ??= new Promise((resolve, reject) => {
    const script = make("script", { src: $("#plotly").dataset.address });
    script.addEventListener("load", resolve);
    script.addEventListener("error", reject);
    document.head.append(script);
  });
  return isLoaded;
}

const isShown = (drawing) => $(".plot", drawing).offsetParent !== null;
const isInView = (drawing) => drawing.getBoundingClientRect().top < innerHeight;
const nextFrame = () => new Promise(requestAnimationFrame);

/** Give a figure in colours of the theme, its place as high as it will be. */
function prepared(drawing) {
  const figure = inTheme($("script", drawing).textContent);
  // A phone has no room for a legend beside a tall figure's margin: the width decides, not we.
  $(".plot", drawing).style.height = `${figure.layout.height}px`;
  return figure;
}

async function paint(drawing, { data, layout }) {
  await plotly();
  Plotly.react($(".plot", drawing), data, layout, config);
}

/** Draw one figure; its figcaption and label stay. */
export async function draw(drawing) {
  if (isShown(drawing)) await paint(drawing, prepared(drawing));
}

/** Show another figure in the same place. */
export function redraw(drawing, figure) {
  $("script", drawing).textContent = JSON.stringify(figure);
  return draw(drawing);
}

/** Draw what is in view, then the rest, a frame apart: in between the page answers. */
export async function drawAll() {
  // All are as high as they will be before it is asked which of them are in view.
  const figures = new Map($$(".drawing").filter(isShown).map((each) => [each, prepared(each)]));
  const shown = [...figures.keys()];
  for (const each of new Set([...shown.filter(isInView), ...shown])) {
    await paint(each, figures.get(each));
    await nextFrame();
  }
}

document.addEventListener("theme", drawAll);
$$("details").forEach((each) => each.addEventListener("toggle", () => $$(".drawing", each).forEach(draw)));
drawAll();
