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

/** Wait for Plotly: a page that may never draw does not begin with reading all of it. */
function plotly() {
  isLoaded ??= window.Plotly ? Promise.resolve() : new Promise((resolve, reject) => {
    const script = make("script", { src: $("#plotly").dataset.address });
    script.addEventListener("load", resolve);
    script.addEventListener("error", reject);
    document.head.append(script);
  });
  return isLoaded;
}

/** Draw one figure; its figcaption and label stay. */
export async function draw(drawing) {
  const plot = $(".plot", drawing);
  if (plot.offsetParent === null) return;
  await plotly();
  const figure = inTheme($("script", drawing).textContent);
  // A phone has no room for a legend beside a tall figure's margin: the width decides, not we.
  plot.style.height = `${figure.layout.height}px`;
  Plotly.react(plot, figure.data, figure.layout, config);
}

/** Show another figure in the same place. */
export function redraw(drawing, figure) {
  $("script", drawing).textContent = JSON.stringify(figure);
  return draw(drawing);
}

export const drawAll = () => $$(".drawing").forEach(draw);

document.addEventListener("theme", drawAll);
$$("details").forEach((each) => each.addEventListener("toggle", () => $$(".drawing", each).forEach(draw)));
drawAll();
