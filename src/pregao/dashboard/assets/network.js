// A network of one's own: a form and JSON that follow each other, measured as it changes, trained.
import { $, api, ask, busily, complain, newKey, t } from "./dashboard.js";
import { SpecForm, isSpec, showReasons } from "./network-fields.js";
import { drawBoxes, listParts, sizeLayers, written } from "./network-parts.js";

const QUIET_MILLISECONDS = 250;
const MOST_NESTING = 60;
const DRAFT = "pregao-network";
const KEPT = ["lookback", "horizon", "features", "symbol", "source", "epochs"];

const data = JSON.parse($("#network-data").textContent);
const root = $("[data-network]");
const problem = $("[data-problem]", root);
const trainProblem = $("[data-train-problem]", root);
const noJson = $("[data-no-json]", root);
const text = $("[name=spec]", root);
const start = $("[name=start]", root);
const control = (name) => $(`[name="${name}"]`, root);
const asNumber = (name) => (control(name).value === "" ? null : Number(control(name).value));
// A draft belongs to the address that it was begun at; the language is no part of that.
const begunAt = new URLSearchParams(location.search).get("network") ?? "";

let spec = data.start.network;
let begunFrom = start.value;
let isEdited = false;
let isJson = true;
let timer = 0;
let numAsked = 0;
let key = newKey();

const form = new SpecForm($("[data-form]", root), {
  schema: data.network_schema,
  newLayers: data.new_layers,
  changed: () => {
    writeText();
    changed();
  },
});

function writeText() {
  text.value = JSON.stringify(spec, null, 2);
  isJson = true;
  noJson.hidden = true;
}

function changed() {
  isEdited = true;
  keepDraft();
  measureSoon();
}

function begin(network) {
  spec = network;
  form.show(spec);
  writeText();
  measureSoon();
}

/** Count how deep brackets go: the server reads no deeper, and writing deeper ends in an error. */
function nesting(written) {
  let depth = 0;
  let most = 0;
  for (const each of written) {
    if (each === "[" || each === "{") most = Math.max(most, (depth += 1));
    else if (each === "]" || each === "}") depth -= 1;
  }
  return most;
}

function readText() {
  try {
    if (nesting(text.value) > MOST_NESTING) throw new Error(t("network_too_deep"));
    spec = JSON.parse(text.value);
    isJson = true;
    noJson.hidden = true;
  } catch (error) {
    isJson = false;
    noJson.textContent = t("network_no_json", { reason: error.message });
    noJson.hidden = false;
    return;
  }
  form.show(spec);
  changed();
}

function keepDraft() {
  const fields = Object.fromEntries(KEPT.map((name) => [name, control(name).value]));
  try {
    sessionStorage.setItem(DRAFT, JSON.stringify({ begunAt, spec, isEdited, start: start.value, fields }));
  } catch {
    // Then it is lost with the page.
  }
}

function takeUpDraft() {
  let draft = null;
  try {
    draft = JSON.parse(sessionStorage.getItem(DRAFT));
  } catch {
    // None is as good as one that cannot be read.
  }
  if (draft?.begunAt !== begunAt) return;
  for (const name of KEPT) control(name).value = draft.fields[name];
  start.value = draft.start;
  begunFrom = draft.start;
  isEdited = draft.isEdited;
  spec = draft.spec;
}

const question = () => ({
  network: spec,
  features: control("features").value,
  lookback: asNumber("lookback"),
  horizon: asNumber("horizon"),
});

function measureSoon() {
  clearTimeout(timer);
  timer = setTimeout(measure, QUIET_MILLISECONDS);
}

/** Measure what is there now; gives what is wrong with it, or null. */
async function measure() {
  clearTimeout(timer);
  const number = (numAsked += 1);
  const asked = question();
  try {
    // The API would take a name for a network, too.
    if (!isSpec(spec)) throw new Error(t("network_no_kind"));
    const measured = await api("/v1/networks/measure", { method: "POST", body: asked });
    if (number === numAsked) showMeasured(measured, asked);
    return null;
  } catch (error) {
    if (number === numAsked) showProblem(error);
    return error;
  }
}

function showMeasured(measured, asked) {
  problem.hidden = true;
  showReasons(root, []);
  drawBoxes($("[data-boxes]", root), measured, asked);
  listParts($("[data-parts]", root), measured);
  sizeLayers(root, measured, asked);
  const isOfZoo = data.zoo.some((each) => each.name === measured.name);
  $("[data-name]", root).textContent = isOfZoo ? measured.name : t("network_custom");
  for (const each of ["[data-total]", "[data-sum]"]) $(each, root).textContent = written(measured.parameters);
  delete root.dataset.stale;
}

function showProblem(error) {
  root.dataset.stale = "";
  for (const each of ["[data-total]", "[data-sum]"]) $(each, root).textContent = "\u2013";
  const reasons = error.reasons ?? [];
  const left = showReasons(root, reasons);
  complain(problem, { message: error.message, reasons: left, nearest: error.nearest });
  problem.hidden = reasons.length > 0 && !left.length;
}

async function startFrom() {
  const chosen = data.zoo.find((each) => each.name === start.value);
  if (isEdited) {
    const isSure = await ask({ title: t("network_replace"), help: t("network_replace_help") });
    if (!isSure) {
      start.value = begunFrom;
      return;
    }
  }
  isEdited = false;
  begunFrom = start.value;
  begin(JSON.parse(JSON.stringify(chosen ? chosen.spec : { kind: "stack", layers: [] })));
  keepDraft();
}

async function train(event) {
  event.preventDefault();
  trainProblem.hidden = true;
  await busily($("button[type=submit]", event.currentTarget), async () => {
    const found = isJson ? await measure() : new Error(noJson.textContent);
    if (found) {
      complain(trainProblem, found);
      return;
    }
    const experiment = {
      ...question(),
      symbols: [control("symbol").value.trim()],
      source: control("source").value,
      epochs: asNumber("epochs"),
    };
    try {
      const job = await api("/v1/trainings", { method: "POST", body: { experiment }, headers: { "Idempotency-Key": key } });
      location.assign(`/training/jobs/${encodeURIComponent(job.id)}`);
    } catch (error) {
      // What was refused was no job: the same again, mended, is another request.
      key = newKey();
      complain(trainProblem, error);
    }
  });
}

async function copyText(event) {
  const button = event.currentTarget;
  const before = button.dataset.text ?? button.textContent;
  button.dataset.text = before;
  try {
    await navigator.clipboard.writeText(text.value);
  } catch {
    text.select();
    document.execCommand("copy");
  }
  button.textContent = t("network_copied");
  setTimeout(() => { button.textContent = before; }, 1500);
}

start.addEventListener("change", startFrom);
text.addEventListener("input", readText);
for (const name of KEPT) control(name).addEventListener("input", changedField);
$("[data-train]", root).addEventListener("submit", train);
$("[data-copy]", root).addEventListener("click", copyText);

function changedField() {
  keepDraft();
  measureSoon();
}

takeUpDraft();
form.show(spec);
writeText();
measure();
