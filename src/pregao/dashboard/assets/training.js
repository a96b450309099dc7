// The form of a training: what differs from the defaults or the recipe is what is sent.
import { $, $$, api, busily, complain, newKey, t } from "./dashboard.js";

const form = $("#training-form");
const JOBS_EVERY_MS = 5000;
const alertPlace = $("#training-problem");
const known = JSON.parse($("#training-data").textContent);
const recipes = Object.fromEntries(known.recipes.map((each) => [each.name, each]));
const defaultsAsked = Object.fromEntries(
  [known.searched, known.ranked, known.asked].flatMap((group) =>
    group.fields.map((each) => [each.place, each.default])));

const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);
const mode = () => form.elements.mode.value;
const recipe = () => $("#recipe").value;
const controls = () => $$("[data-place]", form);
const nameOf = (control) => control.dataset.place.split(".")[0];
const isAsked = (control) => nameOf(control) in defaultsAsked;

/** What an experiment is where nobody changes anything. */
function baseline() {
  const fields = recipe() ? recipes[recipe()].fields : known.defaults;
  return mode() === "fast" ? { ...fields, ...known.fast } : fields;
}

/** Checked names in their usual order, or in the order of the baseline if they are the same. */
function checked(control, usual = []) {
  const names = $$("input:checked", control).map((each) => each.value);
  return same([...names].sort(), [...usual].sort()) ? usual : names;
}

function read(control, usual) {
  const { kind } = control.dataset;
  const { value } = control;
  switch (kind) {
    case "many": return checked(control, usual);
    case "list": return value.split(/[\s,;]+/).filter(Boolean);
    case "switch": return control.checked;
    case "integer":
    case "number": return value === "" ? null : Number(value);
    case "date":
    case "network": return value || null;
    default: return value;
  }
}

function write(control, value) {
  const { kind } = control.dataset;
  if (kind === "many") $$("input", control).forEach((each) => { each.checked = value.includes(each.value); });
  else if (kind === "switch") control.checked = Boolean(value);
  else if (kind === "list") control.value = value.join(", ");
  else control.value = value ?? "";
  // A network without a name is the recipe's, and no other's.
  if (kind === "network") control.options[0].hidden = value !== null;
}

/** The experiment as the form has it; a value that may be absent is null unless it is switched on. */
function experiment(base) {
  const fields = {};
  const parts = {};
  for (const control of controls().filter((each) => !isAsked(each))) {
    const [name, part] = control.dataset.place.split(".");
    if (part) (parts[name] ??= {})[part] = read(control);
    else fields[name] = read(control, base[name]);
  }
  for (const [name, value] of Object.entries(parts)) {
    fields[name] = fields[name] === false ? null : inOrder(value, base[name]);
  }
  return fields;
}

/** A value with its fields in the order of another one, so that the two can be compared. */
function inOrder(value, other) {
  return other ? Object.fromEntries(Object.keys(other).map((name) => [name, value[name]])) : value;
}

/** Let what nobody touched follow the recipe and the mode. */
function follow(before, after) {
  const now = experiment(before);
  for (const control of controls().filter((each) => !isAsked(each))) {
    const name = nameOf(control);
    if (!(name in before) || !same(now[name], before[name])) continue;
    const part = control.dataset.place.split(".")[1];
    const value = control.dataset.kind === "switch" ? after[name] !== null : after[name];
    if (!part) write(control, value);
    else if (after[name]) write(control, after[name][part]);
  }
}

function values(knob) {
  return knob.value.trim().split(/\s+/).filter(Boolean);
}

function space() {
  const chosen = {};
  let isChanged = false;
  for (const each of known.knobs) {
    const found = values($(`#knob-${each.place}`)).map((value) =>
      each.is_number && !Number.isNaN(Number(value)) ? Number(value) : value);
    if (found.length) chosen[each.place] = found;
    isChanged ||= !same(found, each.values);
  }
  return isChanged ? chosen : null;
}

function asked(names) {
  const changed = {};
  for (const control of controls().filter((each) => names.includes(each.dataset.place))) {
    const value = read(control);
    if (!same(value, defaultsAsked[control.dataset.place])) changed[control.dataset.place] = value;
  }
  return changed;
}

const placesOf = (group) => group.fields.map((each) => each.place);
const isOwnNetwork = () => mode() === "search" && $("#networks-of").value === "own";

function networks() {
  const names = $$("input[name=networks]:checked", form).map((each) => each.value);
  return same([...names].sort(), [...known.zoo].sort()) ? [] : names;
}

/** Where the form asks, and for what. */
function request() {
  const base = baseline();
  const now = experiment(base);
  const changed = Object.fromEntries(Object.entries(now).filter(([name, value]) => !same(value, base[name])));
  const body = recipe() ? { recipe: recipe(), experiment: changed } : { experiment: { symbols: now.symbols, ...changed } };
  Object.assign(body, asked(placesOf(known.asked)));
  if (mode() === "train") return { path: "/v1/trainings", body };
  const chosen = networks();
  Object.assign(body, asked(placesOf(known.ranked)));
  if (mode() === "search") {
    Object.assign(body, asked(placesOf(known.searched)));
    if (!isOwnNetwork()) body.networks = chosen;
    const varied = space();
    if (varied) body.space = varied;
    return { path: "/v1/searches", body };
  }
  if (mode() === "full") body.mode = "full";
  if (chosen.length) body.networks = chosen;
  return { path: "/v1/sweeps", body };
}

/** What the browser cannot know is wrong. */
function faults() {
  const found = [];
  if (!experiment(baseline()).symbols.length) found.push({ at: "symbols", message: t("training_symbols_none") });
  if (mode() !== "train" && !isOwnNetwork() && !$("input[name=networks]:checked", form)) {
    found.push({ at: "networks", message: t("training_networks_none") });
  }
  return found;
}

/** Where a fault is told, and the control that it is about; null for what has no field. */
function faultOf(at) {
  const name = at.replace(/^(body\.)?(experiment\.)?/, "");
  if (name.startsWith("networks")) return { place: $("#networks-fault") };
  const knob = name.startsWith("space.") && $(`#knob-${CSS.escape(name.split(".")[1])}`);
  const control = knob || controls().find((each) => each.dataset.place === name)
    || controls().find((each) => nameOf(each) === name.split(".")[0]);
  if (!control) return null;
  return { control, place: $(`#${control.id || `field-${nameOf(control)}`}-fault`) };
}

function forgetFaults() {
  alertPlace.hidden = true;
  $$(".fault", form).forEach((each) => { each.hidden = true; });
  $$("[aria-invalid]", form).forEach((each) => each.removeAttribute("aria-invalid"));
}

/** Give the reasons of a problem; one that names a ticker is about the symbols. */
function reasonsOf(error) {
  if (error.reasons?.length) return error.reasons;
  const isOfSymbol = experiment(baseline()).symbols.some((each) => error.message.includes(each));
  return isOfSymbol ? [{ at: "symbols", message: error.message }] : [];
}

function mark(reasons) {
  for (const reason of reasons) {
    const found = faultOf(reason.at);
    if (!found?.place) continue;
    found.place.textContent = reason.message;
    found.place.hidden = false;
    found.control?.setAttribute("aria-invalid", "true");
    found.place.closest("details")?.setAttribute("open", "");
  }
}

/** Let the exchange of a ticker be chosen that does not tell it, and go on with the choice. */
function chooseExchange(ticker) {
  const chooser = $("#exchange-choice").content.cloneNode(true).firstElementChild;
  const [exchange, currency] = [$("select", chooser), $("input", chooser)];
  $("button", chooser).addEventListener("click", () => {
    if (!exchange.reportValidity() || !currency.reportValidity()) return;
    const stated = [`${ticker}@${exchange.value}`, currency.value.trim()].filter(Boolean).join(":");
    const control = controls().find((each) => each.dataset.place === "symbols");
    const isAbout = (each) => each.split("@")[0].toUpperCase() === ticker.toUpperCase();
    write(control, read(control).map((each) => (isAbout(each) ? stated : each)));
    refresh();
    form.requestSubmit();
  });
  return chooser;
}

function show(error, reasons = reasonsOf(error)) {
  if (error.exchanges?.length) {
    complain(alertPlace, { message: t("exchange_title", { ticker: error.ticker }) });
    alertPlace.append(chooseExchange(error.ticker));
    alertPlace.focus();
    alertPlace.scrollIntoView({ block: "center" });
    return;
  }
  // What the sentence says already is not said again below it.
  const rest = (error.reasons ?? []).filter((each) => !error.message.includes(each.message));
  complain(alertPlace, { title: error.title, message: error.message, nearest: error.nearest, reasons: rest });
  mark(reasons);
  alertPlace.focus();
  alertPlace.scrollIntoView({ block: "center" });
}

function refresh() {
  const isMode = (each) => each.dataset.modes.split(" ").includes(mode());
  $$("[data-modes]", form).forEach((each) => {
    each.hidden = !isMode(each);
    if (each.tagName === "FIELDSET") each.disabled = each.hidden;
  });
  $("#networks-chosen").hidden = isOwnNetwork();
  const count = $$("input[name=networks]:checked", form).length;
  $("#num-chosen").textContent = isOwnNetwork() ? "" : t("training_num_chosen", { count });
  $$("[data-about]", form).forEach((each) => { each.hidden = each.dataset.about !== recipe(); });
  const counts = $$("[data-knob]", form).map((each) => values(each).length).filter(Boolean);
  const product = counts.reduce((found, each) => found * each, 1);
  $("#num-combinations").textContent = t("training_combinations", { count: product.toLocaleString(document.documentElement.lang) });
  const { path, body } = request();
  $("#training-preview").textContent = `POST ${path}\n${JSON.stringify(body, null, 2)}`;
}

let before = baseline();
let sent = { text: "", key: "" };

function chooseNetworks(names) {
  const chosen = new Set(names.length ? names : known.zoo);
  $$("input[name=networks]", form).forEach((each) => { each.checked = chosen.has(each.value); });
}

form.addEventListener("input", (event) => {
  if (event.target.id === "recipe" || event.target.name === "mode") {
    const after = baseline();
    follow(before, after);
    before = after;
  }
  if (event.target.id === "recipe") chooseNetworks(recipe() ? recipes[recipe()].networks : []);
  refresh();
});

form.addEventListener("click", (event) => {
  const { check, set } = event.target.dataset;
  if (check) {
    const group = event.target.closest(".category") ?? $("#networks-chosen");
    $$("input[name=networks]", group).forEach((each) => { each.checked = check === "all"; });
  }
  if (set) write(event.target.closest("[data-place]"), set.split(" "));
  if (check || set) refresh();
});

// A field in a closed group has to be seen before it can be mended.
form.addEventListener("invalid", (event) => event.target.closest("details")?.setAttribute("open", ""), true);

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  forgetFaults();
  const reasons = faults();
  if (reasons.length) {
    show({ message: reasons.map((each) => each.message).join(" ") }, reasons);
    return;
  }
  const { path, body } = request();
  const text = path + JSON.stringify(body);
  // The same request again, after an answer that was lost, is the same job.
  if (sent.text !== text) sent = { text, key: newKey() };
  try {
    await busily(event.submitter ?? $("button[type=submit]", form), async () => {
      const job = await api(path, { method: "POST", body, headers: { "Idempotency-Key": sent.key } });
      sent = { text: "", key: "" };
      location.assign(`/training/jobs/${encodeURIComponent(job.id)}`);
    });
  } catch (error) {
    show(error);
  }
});

/** Show how the newest jobs stand, for as long as one of them goes on. */
async function followJobs() {
  while ($("[data-jobs] .badge.queued, [data-jobs] .badge.running")) {
    await new Promise((later) => setTimeout(later, JOBS_EVERY_MS));
    if (document.hidden) continue;
    try {
      const answer = await fetch(location.href);
      const rows = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-jobs] tbody");
      if (rows) $("[data-jobs] tbody").replaceWith(rows);
    } catch {
      // A server that is away for a moment is asked again, and what stands there stays.
    }
  }
}

if (recipe()) chooseNetworks(recipes[recipe()].networks);
addEventListener("pageshow", () => { before = baseline(); refresh(); });
followJobs();
