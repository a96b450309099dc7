// Draws figures. They are written in light colours; in the dark each colour has its twin.
import { $, $$, isDark } from "./dashboard.js";

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

/** Draw one figure; its figcaption and label stay. */
export function draw(drawing) {
  const plot = $(".plot", drawing);
  if (plot.offsetParent === null) return;
  const figure = inTheme($("script", drawing).textContent);
  // A phone has no room for a legend beside a tall figure's margin: the width decides, not we.
  plot.style.height = `${figure.layout.height}px`;
  Plotly.react(plot, figure.data, figure.layout, config);
}

/** Show another figure in the same place. */
export function redraw(drawing, figure) {
  $("script", drawing).textContent = JSON.stringify(figure);
  draw(drawing);
}

export const drawAll = () => $$(".drawing").forEach(draw);

document.addEventListener("theme", drawAll);
$$("details").forEach((each) => each.addEventListener("toggle", () => $$(".drawing", each).forEach(draw)));
drawAll();
