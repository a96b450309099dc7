// A forecast from a visitor's own prices: pasted, edited, or read from a file.
import { $, $$, api, busily, complain, make, t } from "./dashboard.js";
import { redraw } from "./figures.js";

const MOST_BYTES = 4 * 2 ** 20;
const LOADED_ROWS = 252;
const COLUMNS = { Open: "open", High: "high", Low: "low", Close: "close", "Adj Close": "adj_close", Volume: "volume" };
const language = document.documentElement.lang;
const isPortuguese = language.startsWith("pt");
const said = (text) => (typeof text === "string" ? text : text[isPortuguese ? "pt_br" : "en"]);
const day = (session) => (isPortuguese ? session.split("-").reverse().join("/") : session);
const price = (value) => {
  const digits = value >= 1 ? 2 : value >= 0.01 ? 4 : 3 - Math.floor(Math.log10(value));
  return value.toLocaleString(language, { minimumFractionDigits: digits, maximumFractionDigits: digits });
};

/** Let a section forecast; whose prices and by whom is in its data-symbol and data-run. */
export function simulate(section) {
  const closes = $("[name=closes]", section);
  const file = $("[name=csv]", section);
  const runs = $("[name=run]", section);
  const loader = $("[name=load]", section);
  let reading = Promise.resolve();

  const who = () => {
    const option = runs?.selectedOptions[0];
    return option
      ? { symbol: option.dataset.symbol, run: option.value || null }
      : { symbol: section.dataset.symbol, run: section.dataset.run || null };
  };

  runs?.addEventListener("change", () => {
    loader.textContent = t("simulator_load", { symbol: who().symbol });
  });

  file.addEventListener("change", () => {
    if (!file.files.length) return;
    // More than that no server takes, so that no more than that is read.
    reading = file.files[0].slice(0, MOST_BYTES).text().then((text) => { closes.value = text; });
  });

  loader?.addEventListener("click", () => attempt(section, loader, async () => {
    const address = `/v1/symbols/${encodeURIComponent(who().symbol)}/prices?rows=${LOADED_ROWS}`;
    closes.value = asCsv(await api(address));
  }));

  const button = $("[name=forecast]", section);
  button.addEventListener("click", () => attempt(section, button, async () => {
    clear(section);
    await reading;
    if (!closes.value.trim()) throw new Error(t("simulator_nothing"));
    const body = { ...who(), text: closes.value };
    show(section, await api(`/simulations?lang=${isPortuguese ? "pt" : "en"}`, { method: "POST", body }));
  }));
}

async function attempt(section, button, work) {
  const alert = $(".alert", section);
  alert.hidden = true;
  try {
    await busily(button, work);
  } catch (error) {
    complain(alert, error);
  }
}

/** Leave nothing of an earlier answer beside what is wrong with a later question. */
function clear(section) {
  $(".drawing", section).hidden = true;
  for (const each of ["[data-note]", "[data-result]", "[data-bad]"]) $(each, section).replaceChildren();
}

function asCsv(prices) {
  const head = ["Date", ...Object.keys(COLUMNS)].join(",");
  const rows = prices.sessions.map((session, row) =>
    [session, ...Object.values(COLUMNS).map((name) => prices[name][row])].join(","));
  return [head, ...rows].join("\n");
}

function show(section, { forecast, drawing, bad_rows: badRows, rows, note }) {
  $("[data-note]", section).textContent = `${t("simulator_rows", { count: rows.toLocaleString(language) })} ${said(note)}.`;
  const figure = $(".drawing", section);
  figure.hidden = false;
  redraw(figure, drawing.figure);
  $("[data-result]", section).replaceChildren(forecastTable(forecast), ...findingsList(forecast.findings));
  $("[data-bad]", section).replaceChildren(...(badRows.length ? [badTable(badRows)] : []));
}

function table(caption, heads, rows, classes) {
  const made = make("table", {},
    make("caption", {}, caption),
    make("thead", {}, make("tr", {}, ...heads.map((each, column) =>
      make("th", { scope: "col", class: classes[column] }, each)))),
    make("tbody", {}, ...rows.map((cells) => make("tr", {}, ...cells.map((each, column) =>
      (column ? make("td", { class: classes[column] }, each) : make("th", { scope: "row", class: classes[0] }, each)))))));
  return make("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": caption }, made);
}

function forecastTable({ sessions, levels, prices, currency }) {
  const columns = [0.05, 0.5, 0.95].map((level) => levels.indexOf(level));
  const shares = columns.map((column) => levels[column].toLocaleString(language, { style: "percent" }));
  return table(
    t("simulator_table", { currency }),
    [t("simulator_session"), shares[0], t("simulator_median"), shares[2]],
    sessions.map((session, row) => [day(session), ...columns.map((column) => price(prices[row][column]))]),
    ["name", null, "middle", null]);
}

function badTable(rows) {
  return table(
    t("simulator_bad", { count: rows.length }),
    [t("simulator_line"), t("simulator_content"), t("simulator_reason")],
    rows.map((each) => [String(each.line), each.content, said(each.reason)]),
    ["name", "name wrap", "name wrap"]);
}

function findingsList(findings) {
  if (!findings.length) return [];
  return [make("ul", { class: "findings" }, ...findings.map((each) =>
    make("li", { class: each.severity },
      make("p", {}, make("strong", {}, said(each.title)), " ", make("span", { class: "mark" }, each.code)),
      make("p", {}, said(each.seen)),
      make("p", { class: "do" }, said(each.do)))))];
}

$$("[data-simulator]").forEach(simulate);
