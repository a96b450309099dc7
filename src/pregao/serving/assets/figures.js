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
  isLoaded ??= window.Plotly ? Promise.resolve() : new Promise((resolve, reject) => {
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

/** Draw one figure; its figcaption and label stay. */
export async function draw(drawing) {
  if (!isShown(drawing)) return;
  const { data, layout } = prepared(drawing);
  await plotly();
  Plotly.react($(".plot", drawing), data, layout, config);
}

/** Show another figure in the same place. */
export function redraw(drawing, figure) {
  $("script", drawing).textContent = JSON.stringify(figure);
  return draw(drawing);
}

/** Draw what is in view, then the rest, a frame apart: in between the page answers. */
export async function drawAll() {
  const shown = $$(".drawing").filter(isShown);
  shown.forEach(prepared);
  const seen = shown.filter(isInView);
  for (const each of new Set([...seen, ...shown])) {
    await draw(each);
    await nextFrame();
  }
}

document.addEventListener("theme", drawAll);
$$("details").forEach((each) => each.addEventListener("toggle", () => $$(".drawing", each).forEach(draw)));
drawAll();
