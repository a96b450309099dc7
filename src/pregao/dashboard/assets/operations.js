// Operations: the numbers of the page again every few seconds, and what they were of late.
import { $, $$, t, make, api, ask, complain, busily } from "./dashboard.js";

const EVERY_MS = 5000;
const MOST_READINGS = 60;
const SVG = "http://www.w3.org/2000/svg";
const locale = document.documentElement.lang;

// Numbers of the pace as the server writes them.
function number(value, digits = 0) {
  return value.toLocaleString(locale, { minimumFractionDigits: digits, maximumFractionDigits: digits, useGrouping: "always" });
}
const percent = (share) => `${number(100 * share, 1)}\u00a0%`;
const bytes = (count) => `${number(count / 1e6)} MB`;

function fill(element, fresh) {
  if (element.innerHTML !== fresh.innerHTML) element.replaceChildren(...fresh.cloneNode(true).childNodes);
  if (element.className !== fresh.className) element.className = fresh.className;
  if (fresh.dataset.value !== undefined) element.dataset.value = fresh.dataset.value;
}

// Rows stay the same elements, so that what has the focus keeps it, and sorted rows their order.
function fillTable(table, fresh) {
  const body = table.tBodies[0] ?? table.createTBody();
  const rows = [...(fresh.tBodies[0]?.rows ?? [])];
  const before = new Map([...body.rows].map((row) => [row.dataset.key, row]));
  const isSorted = $$('th[aria-sort]:not([aria-sort="none"])', table).length > 0;
  rows.forEach((each, place) => {
    const row = before.get(each.dataset.key) ?? each.cloneNode(true);
    before.delete(each.dataset.key);
    [...each.children].forEach((cell, index) => fill(row.children[index], cell));
    if (!row.isConnected && isSorted) body.append(row);
    else if (!isSorted && body.rows[place] !== row) body.insertBefore(row, body.rows[place] ?? null);
  });
  before.forEach((row) => row.remove());
  table.closest(".scroll").hidden = fresh.closest(".scroll").hidden;
}

function show(page) {
  for (const each of $$("[data-at], #readiness, #as-of, #queue-trouble, [data-empty]")) {
    const { at, empty } = each.dataset;
    const fresh = $(at ? `[data-at="${at}"]` : empty ? `[data-empty="${empty}"]` : `#${each.id}`, page);
    fill(each, fresh);
    each.hidden = fresh.hidden;
  }
  for (const table of $$("[data-table]")) fillTable(table, $(`[data-table="${table.dataset.table}"]`, page));
}

// Buttons that need this script; revealed in what is fetched too, so that the same stays the same.
function reveal(page) {
  $$("[data-scripted]", page).forEach((each) => { each.hidden = false; });
}

// What the numbers were of late; a rate takes two readings.
const PACE = {
  requests: { of: (now, then, seconds) => (now.total - then.total) / seconds, shown: (value) => number(value, 1) },
  cpu: { of: (now, then, seconds) => (now.cpu === null ? null : (now.cpu - then.cpu) / seconds), shown: percent },
  memory: { of: (now) => now.memory, shown: bytes },
};
const paces = { requests: [], cpu: [], memory: [] };
let last = null;

function remember(page) {
  const { atMs, total, cpu, memory, started } = $("#readings", page).dataset;
  const value = (written) => (written === "" ? null : Number(written));
  const now = { at: Number(atMs), total: Number(total), cpu: value(cpu), memory: value(memory), started };
  const seconds = last ? (now.at - last.at) / 1000 : 0;
  // A server that came up again counts from nothing.
  if (last && now.started === last.started && now.total >= last.total && seconds > 0) {
    for (const [name, { of }] of Object.entries(PACE)) {
      const value = of(now, last, seconds);
      if (value === null || !Number.isFinite(value)) continue;
      paces[name] = [...paces[name], value].slice(-MOST_READINGS);
      showPace(name);
    }
  }
  last = now;
}

function showPace(name) {
  const values = paces[name];
  const place = $(`[data-pace="${name}"]`);
  const [shown, spark, beside] = $$("dd", place);
  const highest = Math.max(...values);
  shown.textContent = PACE[name].shown(values.at(-1));
  beside.textContent = t("operations_highest", { value: PACE[name].shown(highest) });
  spark.replaceChildren(sparkline(values, highest));
}

function sparkline(values, highest) {
  const [width, height] = [180, 36];
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  svg.setAttribute("preserveAspectRatio", "none");
  svg.setAttribute("aria-hidden", "true");
  const x = (place) => width - ((values.length - 1 - place) * width) / (MOST_READINGS - 1);
  const y = (value) => height - 2 - (highest > 0 ? (value / highest) * (height - 4) : 0);
  const line = document.createElementNS(SVG, "polyline");
  const points = values.map((value, place) => `${x(place).toFixed(1)},${y(value).toFixed(1)}`);
  // One reading is a short stroke: a line takes two points.
  if (points.length === 1) points.unshift(`${width - 3},${y(values[0]).toFixed(1)}`);
  line.setAttribute("points", points.join(" "));
  line.setAttribute("vector-effect", "non-scaling-stroke");
  svg.append(line);
  return svg;
}

const alertPlace = $('section > [role="alert"]');
let timer = null;
let isAsking = false;
let isPaused = false;

async function freshPage() {
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
  if (!answer.ok) throw new Error(t("operations_lost"));
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  reveal(page);
  return page;
}

async function refresh() {
  if (isAsking) return;
  isAsking = true;
  clearTimeout(timer);
  try {
    const page = await freshPage();
    show(page);
    remember(page);
    if (alertPlace.dataset.lost) forgive();
  } catch (error) {
    alertPlace.dataset.lost = "yes";
    complain(alertPlace, error instanceof TypeError ? new Error(t("operations_lost")) : error);
  } finally {
    isAsking = false;
    if (!isPaused && !document.hidden) timer = setTimeout(refresh, EVERY_MS);
  }
}

function forgive() {
  delete alertPlace.dataset.lost;
  alertPlace.hidden = true;
}

async function change(button, name, job) {
  const isCancel = name === "cancel";
  if (isCancel && !(await ask({
    title: t("operations_cancel_title"),
    help: t("operations_cancel_help", { job }),
    ok: t("operations_cancel_yes"),
    isDanger: true,
  }))) return;
  forgive();
  const path = `/v1/jobs/${encodeURIComponent(job)}`;
  try {
    await busily(button, () => (isCancel ? api(path, { method: "DELETE" }) : api(`${path}/retry`, { method: "POST" })));
    await refresh();
  } catch (error) {
    complain(alertPlace, error);
  }
}

const pause = $("#pause");
pause.addEventListener("click", () => {
  isPaused = !isPaused;
  pause.setAttribute("aria-pressed", String(isPaused));
  pause.textContent = t(isPaused ? "operations_resume" : "operations_pause");
  clearTimeout(timer);
  if (!isPaused) refresh();
});
document.addEventListener("visibilitychange", () => {
  clearTimeout(timer);
  if (!document.hidden && !isPaused) refresh();
});
document.addEventListener("click", ({ target }) => {
  const button = target.closest("button[data-change]");
  if (button) change(button, button.dataset.change, button.dataset.job);
});
reveal(document);
refresh();
