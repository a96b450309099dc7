// A job as it goes: its events, its end, and the figures of what came of it.
import { $, $$, api, ask, busily, complain, make, t } from "./dashboard.js";

const MOST_SAID = 30;
const POLL_MS = 3000;
const place = $("#job");
const { job } = place.dataset;
const path = `/v1/jobs/${encodeURIComponent(job)}`;
const ended = new Set(["succeeded", "failed", "cancelled", "dead"]);
const inLanguage = (text) => (document.documentElement.lang.startsWith("pt") ? text.pt_br : text.en);

let left = place.dataset.left === undefined ? null : { seconds: Number(place.dataset.left), at: Date.now() };
let started = place.dataset.started ? Date.parse(place.dataset.started) : null;
let isOver = false;

function duration(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (number) => String(number).padStart(2, "0");
  return hours ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

function timeLeft() {
  if (!left) return t("training_unknown");
  const seconds = left.seconds - (Date.now() - left.at) / 1000;
  return seconds < 1 ? t("training_almost") : duration(seconds);
}

function tick() {
  if (started !== null) $("#elapsed").textContent = duration((Date.now() - started) / 1000);
  $("#left").textContent = started === null ? t("training_unknown") : timeLeft();
}

function say(number, at, text) {
  const log = $("#log");
  if (log.lastElementChild && Number(log.lastElementChild.dataset.number) >= number) return;
  log.append(make("li", { "data-number": number },
    make("time", { datetime: at }, at.slice(11, 19)), ` ${text}`));
  while (log.children.length > MOST_SAID) log.firstElementChild.remove();
}

function showProgress({ done, total, message, eta_seconds: eta }, at) {
  const bar = $("#bar");
  const number = (value) => value.toLocaleString(document.documentElement.lang);
  if (total) {
    bar.max = total;
    bar.value = done;
    $("#done").textContent = t("training_done_of", { done: number(done), total: number(total) });
  } else {
    bar.removeAttribute("value");
  }
  $("#message").textContent = inLanguage(message);
  left = eta === null ? null : { seconds: eta, at };
}

function showState(state, at) {
  if (ended.has(state)) return finish();
  const badge = $("#state");
  badge.className = `badge ${state}`;
  badge.textContent = t(`training_state_${state}`);
  started = state === "running" ? started ?? at : started;
}

/** What came of it is drawn by the server. */
function finish() {
  if (isOver) return;
  isOver = true;
  location.reload();
}

/** The state as of now, where no stream of events can be had. */
async function poll() {
  try {
    const now = await api(path);
    if (now.started) started = Date.parse(now.started);
    showProgress(now.progress, Date.now());
    showState(now.state, started);
  } catch {
    // The next time it may answer.
  }
  if (!isOver) setTimeout(poll, POLL_MS);
}

function watch() {
  const shown = Number($("#log").lastElementChild?.dataset.number ?? 0);
  const source = new EventSource(`${path}/events`);
  // Events come from the first one on; those that the page shows already are passed over.
  const listen = (kind, handle) => source.addEventListener(kind, (event) => {
    const number = Number(event.lastEventId);
    if (number <= shown) return;
    const data = JSON.parse(event.data);
    const text = data.state ? t(`training_state_${data.state}`) : data.message ? inLanguage(data.message) : "";
    if (text) say(number, data.at, text);
    handle(data, Date.parse(data.at));
    if (isOver) source.close();
  });
  listen("state", ({ state }, at) => showState(state, at));
  listen("progress", (data) => showProgress(data, Date.now()));
  listen("note", () => {});
  source.addEventListener("error", () => {
    if (source.readyState === EventSource.CLOSED && !isOver) poll();
  });
  tick();
  setInterval(tick, 1000);
}

async function change(button, options) {
  const alertPlace = $("#job-problem");
  try {
    return await busily(button, () => api(options.path, { method: options.method }));
  } catch (error) {
    complain(alertPlace, error);
    alertPlace.focus();
    return null;
  }
}

$("#cancel")?.addEventListener("click", async ({ currentTarget: button }) => {
  const isSure = await ask({
    title: t("training_cancel_title"),
    help: t("training_cancel_help"),
    ok: t("training_cancel_do"),
    isDanger: true,
  });
  if (!isSure) return;
  const now = await change(button, { path, method: "DELETE" });
  if (!now) return;
  button.disabled = true;
  button.textContent = t("training_cancelling");
  if (ended.has(now.state)) finish();
});

$("#retry")?.addEventListener("click", async ({ currentTarget: button }) => {
  if (await change(button, { path: `${path}/retry`, method: "POST" })) location.reload();
});

/** Show the curves of one network out of all. */
async function showNetwork(name) {
  const { redraw } = await import("./figures.js");
  const drawing = $("#curves");
  const figure = JSON.parse($("script", drawing).textContent);
  figure.data.forEach((trace) => { trace.visible = trace.meta === name; });
  const last = Math.max(...figure.data.filter((trace) => trace.visible).flatMap((trace) => trace.x));
  Object.assign(figure.layout.xaxis, {
    range: [-0.04 * last - 0.1, 1.04 * last + 0.1],
    dtick: last <= 10 ? 1 : null,
  });
  redraw(drawing, figure);
}

$("#shown-network")?.addEventListener("change", ({ currentTarget }) => showNetwork(currentTarget.value));
if ("live" in place.dataset) watch();
