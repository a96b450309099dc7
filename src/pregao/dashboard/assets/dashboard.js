// What every page has: texts, theme, sortable tables, and a way to ask the API.

export const $ = (selector, within = document) => within.querySelector(selector);
export const $$ = (selector, within = document) => [...within.querySelectorAll(selector)];

const texts = JSON.parse($("#texts").textContent);

/** Give a text by its key without "js_", its blanks filled. */
export function t(key, facts = {}) {
  return texts[`js_${key}`].replace(/\{(\w+)\}/g, (_, name) => String(facts[name] ?? ""));
}

/** Make an element; texts are texts, never markup. */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null) element.setAttribute(name, String(value));
  }
  element.append(...children);
  return element;
}

/** What the server said is wrong (RFC 9457). */
export class Problem extends Error {
  constructor(problem) {
    super(problem.detail || problem.title);
    this.title = problem.title ?? "";
    this.status = problem.status;
    this.reasons = problem.reasons ?? [];
    this.nearest = problem.nearest ?? [];
    this.ticker = problem.ticker ?? "";
    this.exchanges = problem.exchanges ?? [];
  }
}

/** Ask the server for JSON; a key is asked for where one is required. */
export async function api(path, { method = "GET", body, headers = {} } = {}) {
  const key = sessionStorage.getItem("pregao-key");
  const sent = { Accept: "application/json", "Accept-Language": document.documentElement.lang, ...headers };
  if (key) sent["X-API-Key"] = key;
  if (body !== undefined) sent["Content-Type"] = "application/json";
  let response;
  try {
    response = await fetch(path, {
      method,
      headers: sent,
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch {
    throw new Problem({ detail: t("unreachable"), status: 0 });
  }
  const isJson = /json/.test(response.headers.get("content-type") ?? "");
  const content = isJson ? await response.json() : {};
  if (response.status === 401 && (await askForKey())) return api(path, { method, body, headers });
  if (!response.ok) throw new Problem({ title: response.statusText, ...content, status: response.status });
  return content;
}

/** A key that makes asking twice the same as asking once. */
export const newKey = () => crypto.randomUUID?.() ?? `k${Date.now()}${Math.random().toString(36).slice(2)}`;

/** Ask in a dialog; gives what was answered, or null. */
export function ask({ title, help = "", label = null, type = "text", ok = t("ok"), isDanger = false }) {
  const input = label ? make("input", { type, required: true, autocomplete: "off" }) : null;
  const form = make("form", { method: "dialog" },
    make("h2", {}, title),
    ...(help ? [make("p", {}, help)] : []),
    ...(input ? [make("label", {}, label, input)] : []),
    make("div", { class: "buttons" },
      make("button", { value: "ok", class: isDanger ? "danger" : "primary" }, ok),
      make("button", { value: "", formnovalidate: true }, t("cancel"))));
  const dialog = make("dialog", {}, form);
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      const answer = dialog.returnValue === "ok" ? (input ? input.value : true) : null;
      dialog.remove();
      resolve(answer);
    });
  });
}

async function askForKey() {
  sessionStorage.removeItem("pregao-key");
  const key = await ask({ title: t("key_title"), help: t("key_help"), label: t("key_label"), type: "password" });
  if (key) sessionStorage.setItem("pregao-key", key);
  return Boolean(key);
}

/** Say what went wrong inside an element with role=alert, reasons one by one. */
export function complain(place, error) {
  place.replaceChildren(make("p", {}, ...(error.title ? [make("strong", {}, error.title), " "] : []), error.message));
  if (error.reasons?.length) {
    place.append(make("ul", {}, ...error.reasons.map((each) =>
      make("li", {}, make("code", {}, each.at), " ", each.message))));
  }
  if (error.nearest?.length) place.append(make("p", {}, error.nearest.join(", ")));
  place.hidden = false;
}

/** Do something slow once, its button waiting. */
export async function busily(button, work) {
  const before = button.textContent;
  button.disabled = true;
  button.setAttribute("aria-busy", "true");
  button.textContent = t("busy");
  try {
    return await work();
  } finally {
    button.disabled = false;
    button.removeAttribute("aria-busy");
    button.textContent = before;
  }
}

export const isDark = () => {
  const chosen = document.documentElement.dataset.theme;
  return chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
};

function switchTheme() {
  const theme = isDark() ? "light" : "dark";
  document.documentElement.dataset.theme = theme;
  try {
    localStorage.setItem("pregao-theme", theme);
  } catch {
    // Then it holds for this page alone.
  }
  showTheme();
}

function showTheme() {
  $("[data-theme-switch]").setAttribute("aria-pressed", String(isDark()));
  document.dispatchEvent(new CustomEvent("theme"));
}

function sortBy(heading) {
  const table = heading.closest("table");
  const column = [...heading.parentNode.children].indexOf(heading);
  const isText = $("button", heading).dataset.kind === "text";
  const isDescending = heading.getAttribute("aria-sort") === "ascending";
  const value = (row) => row.children[column].dataset.value ?? row.children[column].textContent;
  const compare = (a, b) => {
    const [x, y] = [value(a), value(b)];
    if (x === "" || y === "") return (x === "") - (y === "");
    const order = isText ? x.localeCompare(y) : Number(x) - Number(y);
    return isDescending ? -order : order;
  };
  $$("th[aria-sort]", table).forEach((each) => each.setAttribute("aria-sort", "none"));
  heading.setAttribute("aria-sort", isDescending ? "descending" : "ascending");
  table.tBodies[0].append(...[...table.tBodies[0].rows].sort(compare));
}

$("[data-theme-switch]").addEventListener("click", switchTheme);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", showTheme);
$$(".sortable th[aria-sort]").forEach((heading) =>
  $("button", heading).addEventListener("click", () => sortBy(heading)));
showTheme();
