// Operations: the numbers of the page again every few seconds, and what they were of late.
import { $, $$, t, make, api, ask, complain, busily } from "./dashboard.js";

const EVERY_MS = 5000;
const MOST_READINGS = 60;
const DASH = "\u2013";
const SVG = "http://www.w3.org/2000/svg";
const locale = document.documentElement.lang;
const isPortuguese = locale === "pt-BR";
const said = (text) => (isPortuguese ? text.pt_br : text.en);

// Numbers and moments as the server writes them.
function number(value, digits = 0) {
  if (value === null || value === undefined) return DASH;
  return value.toLocaleString(locale, { minimumFractionDigits: digits, maximumFractionDigits: digits, useGrouping: "always" });
}

function lasted(seconds) {
  if (seconds === null || seconds === undefined) return DASH;
  const whole = Math.floor(seconds);
  const two = (part) => String(part).padStart(2, "0");
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60), whole % 60];
  return hours ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

function moment(at) {
  if (!at) return DASH;
  const [day, time] = new Date(at).toISOString().split("T");
  return `${isPortuguese ? day.split("-").reverse().join("/") : day} ${time.slice(0, 5)} UTC`;
}

function took(quantile) {
  if (!quantile) return DASH;
  const { seconds, is_beyond: isBeyond } = quantile;
  return (isBeyond ? "> " : "") + (seconds < 1 ? `${number(1000 * seconds, 1)} ms` : `${number(seconds, 2)} s`);
}

const percent = (share) => (share === null || share === undefined ? DASH : `${number(100 * share, 1)}\u00a0%`);
const bytes = (count) => (count === null || count === undefined ? DASH : `${number(count / 1e6)} MB`);
const written = {
  number, lasted, moment, took, percent, bytes,
  count: (value) => number(value ?? 0),
  ratio: (value) => number(value, 2),
};

// Cells: what they say, what they are sorted by, and what they hold beside plain text.
const text = (shown, value = null) => ({ shown, value });
const holding = (sign, nodes) => ({ sign: JSON.stringify(sign), nodes });
const badge = (state, shown) => holding([state, shown], () => [make("span", { class: `badge ${state}` }, shown)]);
const link = (href, shown, beside = "") => holding([href, shown, beside], () => [
  make("a", { href }, shown), ...(beside ? [make("span", { class: "beside" }, beside)] : [])]);
const address = (place, name) => `/${place}/${encodeURIComponent(name)}`;

function actions(job) {
  const name = job.can_cancel ? "cancel" : job.can_retry ? "retry" : "";
  return holding([name], () => {
    if (!name) return [];
    const button = make("button", { type: "button", class: "small", "aria-label": t(`operations_${name}_one`, { job: job.id }) }, t(`operations_${name}`));
    button.addEventListener("click", () => change(button, name, job.id));
    return [button];
  });
}

const TABLES = {
  workers: {
    rows: (page) => page.queue?.workers ?? [],
    key: (each) => each.id,
    names: [0, 1, 2, 5],
    cells: (each) => [
      text(each.id),
      badge(each.is_alive ? "succeeded" : "dead", t(each.is_alive ? "operations_alive" : "operations_silent")),
      text(`${each.host} (${each.pid})`),
      text(moment(each.started)),
      text(moment(each.beat)),
      each.job ? link(address("training/jobs", each.job), each.job) : text(t("operations_idle")),
    ],
  },
  jobs: {
    rows: (page) => page.queue?.jobs ?? [],
    key: (each) => each.id,
    names: [0, 1, 2, 6],
    wraps: [3],
    cells: (each) => [
      link(address("training/jobs", each.id), t(`operations_kind_${each.kind}`), each.id),
      text(each.what),
      badge(each.state, each.state === "running" && !each.can_cancel ? t("operations_cancelling") : t(`operations_state_${each.state}`)),
      holding([said(each.message), each.run], () => [
        said(each.message), ...(each.run ? [" ", make("a", { href: address("runs", each.run) }, each.run)] : [])]),
      text(moment(each.created)),
      text(lasted(each.seconds)),
      actions(each),
    ],
  },
  seats: {
    rows: (page) => page.seats,
    key: ({ champion }) => `${champion.symbol} ${champion.horizon}`,
    names: [0, 2, 3],
    wraps: [4],
    cells: ({ champion, answers, trouble }) => [
      link(address("symbols", champion.symbol), champion.symbol),
      text(String(champion.horizon)),
      link(address("runs", champion.run), champion.run),
      text(answers === null ? t("operations_a_baseline") : answers === champion.run ? t("operations_itself") : answers),
      text(trouble.map((each) => `${each.code}: ${said(each.seen)}`).join(" ")),
    ],
  },
  providers: {
    rows: (page) => page.providers,
    key: (each) => each.provider,
    names: [0, 1],
    cells: (each) => [
      text(each.provider),
      badge(each.is_open ? "failed" : "plain", t(each.is_open ? "operations_left_alone" : "operations_asked")),
      text(moment(each.last_success)),
      holding([each.last_failure, each.reason], () => [
        moment(each.last_failure),
        ...(each.reason ? [make("span", { class: "beside" }, t(`operations_reason_${each.reason}`))] : [])]),
      text(moment(each.retry_at)),
    ],
  },
  routes: {
    rows: (page) => page.measured.requests.routes,
    key: (each) => `${each.method} ${each.route}`,
    names: [0],
    cells: ({ method, route, answers, times }) => [
      text(`${method} ${route}`, `${route} ${method}`),
      text(number(times.count), times.count),
      ...["2xx", "3xx", "4xx", "5xx"].map((each) => text(number(answers[each]), answers[each])),
      ...[times.p50, times.p95].map((each) => text(took(each), each?.seconds ?? "")),
    ],
  },
};

function fill(element, cell) {
  if (cell.nodes) {
    if (element.dataset.sign === cell.sign) return;
    element.dataset.sign = cell.sign;
    element.replaceChildren(...cell.nodes());
    return;
  }
  delete element.dataset.sign;
  if (element.textContent !== cell.shown) element.textContent = cell.shown;
  if (cell.value !== null) element.dataset.value = cell.value;
}

function newRow(key, { names, wraps = [] }, count) {
  const kind = (place) => (names.includes(place) ? "name" : wraps.includes(place) ? "wrap" : null);
  return make("tr", { "data-key": key }, ...Array.from({ length: count }, (_, place) =>
    make(place ? "td" : "th", { class: kind(place), scope: place ? null : "row" })));
}

// Rows stay the same elements, so that what has the focus keeps it.
function fillTable(name, page) {
  const table = $(`[data-table="${name}"]`);
  const body = table.tBodies[0];
  const plan = TABLES[name];
  const found = plan.rows(page);
  const before = new Map([...body.rows].map((row) => [row.dataset.key, row]));
  const isSorted = $$('th[aria-sort]:not([aria-sort="none"])', table).length > 0;
  found.forEach((each, place) => {
    const cells = plan.cells(each);
    const row = before.get(plan.key(each)) ?? newRow(plan.key(each), plan, cells.length);
    before.delete(plan.key(each));
    cells.forEach((cell, index) => fill(row.children[index], cell));
    if (!row.isConnected && isSorted) body.append(row);
    else if (!isSorted && body.rows[place] !== row) body.insertBefore(row, body.rows[place] ?? null);
  });
  before.forEach((row) => row.remove());
  table.closest(".scroll").hidden = found.length === 0;
  const empty = $(`[data-empty="${name}"]`);
  if (empty) empty.hidden = found.length > 0;
}

const at = (page, path) => path.split(".").reduce((value, name) => value?.[name], page);

function show(page) {
  $$("[data-at]").forEach((each) => fill(each, text(written[each.dataset.as](at(page, each.dataset.at)))));
  Object.keys(TABLES).forEach((name) => fillTable(name, page));
  const readiness = $("#readiness");
  readiness.className = `badge ${page.is_ready ? "succeeded" : "failed"}`;
  readiness.textContent = t(page.is_ready ? "operations_ready" : "operations_not_ready");
  $("#as-of").textContent = t("operations_as_of", { at: moment(page.at) });
  const trouble = $("#queue-trouble");
  trouble.hidden = page.queue !== null;
  if (!page.queue) fill(trouble, text(t("operations_no_queue", { reason: page.queue_trouble })));
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
  const { requests, process } = page.measured;
  const now = { at: Date.parse(page.at), total: requests.total, cpu: process.cpu_seconds, memory: process.resident_bytes, started: process.started };
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

async function refresh() {
  if (isAsking) return;
  isAsking = true;
  clearTimeout(timer);
  try {
    const page = await api("/operations?format=json");
    show(page);
    remember(page);
    if (alertPlace.dataset.lost) forgive();
  } catch (error) {
    alertPlace.dataset.lost = "yes";
    complain(alertPlace, error.status ? error : new Error(t("operations_lost")));
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
$$("[data-scripted]").forEach((each) => { each.hidden = false; });
refresh();
