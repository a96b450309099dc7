// A measured network as boxes one after the other, and as a table.
import { $, $$, make, t } from "./dashboard.js";

const language = document.documentElement.lang;
export const written = (number) => number.toLocaleString(language);
const share = (part, whole) =>
  (whole ? part / whole : 0).toLocaleString(language, { style: "percent", maximumFractionDigits: 1 });

function size(part, { horizon }) {
  const parameters = written(part.parameters);
  if (part.kind === "quantiles")
    return t("network_size_quantiles", { sessions: horizon, levels: part.width / horizon, parameters });
  return t(part.kind === "output" ? "network_size_output" : "network_size", { width: written(part.width), parameters });
}

function box(part, total, asked) {
  const bar = make("span", { class: "bar" });
  // By the object model: a style attribute is what the page's policy forbids.
  bar.style.width = `${(100 * part.parameters) / total}%`;
  const branches = part.branches.map((each) =>
    make("ol", { class: "boxes" }, ...each.map((inner) => box(inner, total, asked))));
  return make("li", { class: `box of-${part.kind}` },
    make("strong", {}, t(`network_kind_${part.kind}`)),
    make("span", { class: "size" }, size(part, asked)),
    ...(branches.length ? [make("div", { class: "side-by-side" }, ...branches)] : []),
    ...(part.parameters && !branches.length ? [make("span", { class: "track" }, bar)] : []));
}

/** Draw the way of a window through a network. */
export function drawBoxes(place, measured, asked) {
  const input = make("li", { class: "box of-input" },
    make("strong", {}, t("network_kind_input")),
    make("span", { class: "size" },
      t("network_size_input", { sessions: written(asked.lookback), features: measured.num_features })));
  const total = Math.max(measured.parameters, 1);
  place.replaceChildren(input, ...measured.parts.map((each) => box(each, total, asked)));
}

const row = (part, depth, total) => {
  const name = `${depth ? "\u2013 " : ""}${t(`network_kind_${part.kind}`)}`;
  return make("tr", { class: `deep-${Math.min(depth, 3)}` },
    make("th", { scope: "row", class: "name" }, name),
    make("td", {}, written(part.width)),
    make("td", {}, written(part.parameters)),
    make("td", {}, share(part.parameters, total)));
};

function* rows(parts, depth, total) {
  for (const part of parts) {
    yield row(part, depth, total);
    for (const branch of part.branches) yield* rows(branch, depth + 1, total);
  }
}

/** List the parts, those of branches under their layer. */
export function listParts(place, measured) {
  place.replaceChildren(...rows(measured.parts, 0, measured.parameters));
}

/** Write beside each layer of the form what it comes to. */
export function sizeLayers(within, measured, asked) {
  $$("[data-size]", within).forEach((each) => { each.textContent = ""; });
  const tell = (part) => {
    const place = part.at && $(`[data-size="${CSS.escape(part.at)}"]`, within);
    if (place) place.textContent = size(part, asked);
    part.branches.flat().forEach(tell);
  };
  measured.parts.forEach(tell);
}
