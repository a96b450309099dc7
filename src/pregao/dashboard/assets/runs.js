// The list of runs, and a run: what is chosen, what is shown, and who serves.
import { $, $$, t, make, api, ask, complain, busily } from "./dashboard.js";

const LEAST = 2;
const MOST = 5;

$$("[data-scripted]").forEach((each) => { each.hidden = false; });

function watchChoice(form) {
  const boxes = $$('input[name="run"]');
  const button = $("button", form);
  const show = () => {
    const count = boxes.filter((each) => each.checked).length;
    button.disabled = count < LEAST || count > MOST;
    $("#compare-count").textContent = count ? t("runs_chosen", { count }) : "";
  };
  boxes.forEach((each) => each.addEventListener("change", show));
  // A browser that goes back ticks the boxes after the scripts have run.
  addEventListener("pageshow", show);
  show();
}

function watchFilter(form) {
  const [text, symbol, edge] = ["#filter-text", "#filter-symbol", "#filter-edge"].map((each) => $(each, form));
  const rows = $$('[data-table="runs"] tbody tr');
  const matching = $("#matching");
  const whole = matching ? [...matching.childNodes] : [];
  const show = () => {
    const words = text.value.toLowerCase().split(/\s+/).filter(Boolean);
    const ticker = symbol.value.trim().toUpperCase();
    rows.forEach((row) => {
      const said = `${row.dataset.id} ${$("th", row).textContent} ${row.dataset.symbols}`.toLowerCase();
      row.hidden = !(words.every((each) => said.includes(each)) &&
        row.dataset.symbols.includes(ticker) &&
        (!edge.value || row.dataset.edge === edge.value));
    });
    const count = rows.filter((each) => !each.hidden).length;
    if (!matching) return;
    if (count === rows.length) matching.replaceChildren(...whole);
    else matching.textContent = t("runs_matching", { count, total: rows.length });
  };
  [text, symbol, edge].forEach((each) => each.addEventListener("input", show));
  addEventListener("pageshow", show);
}

async function change(section, button) {
  const { run, registered } = section.dataset;
  const { symbol, horizon, version, champion } = button.closest("tr").dataset;
  const isBack = button.dataset.do === "roll-back";
  const help = isBack
    ? [t("runs_roll_back_help", { champion })]
    : [champion ? t("runs_promote_replaces", { run, champion }) : t("runs_promote_first", { run }),
      ...(registered === "yes" ? [] : [t("runs_promote_slow")])];
  const name = isBack ? "roll_back" : "promote";
  const reason = await ask({
    title: t(`runs_${name}_title`, { symbol, horizon }),
    help: help.join(" "),
    label: t("runs_reason"),
    ok: t(`runs_${name}`),
    isDanger: isBack,
  });
  if (reason === null) return;
  const place = $('[role="alert"]', section);
  place.hidden = true;
  try {
    await busily(button, () => api(`/v1/champions/${encodeURIComponent(symbol)}`, {
      method: "PUT",
      body: { run: isBack ? null : run, horizon: Number(horizon), reason: reason.slice(0, 500) },
      headers: { "If-Match": `"${version}"` },
    }));
    location.reload();
  } catch (error) {
    explain(place, error);
  }
}

function explain(place, error) {
  if (error.status !== 412) {
    complain(place, error);
    return;
  }
  const reload = make("button", { type: "button", class: "small" }, t("runs_reload"));
  reload.addEventListener("click", () => location.reload());
  place.replaceChildren(make("p", {}, t("runs_stale")), make("p", { class: "buttons" }, reload));
  place.hidden = false;
  reload.focus();
}

async function watchLearners(select) {
  const { redraw } = await import("./figures.js");
  const drawing = $("#learning-curves");
  select.addEventListener("change", () => {
    const figure = JSON.parse($("script", drawing).textContent);
    for (const trace of figure.data) trace.visible = trace.meta === select.value;
    redraw(drawing, figure);
  });
}

const compare = $("#compare");
if (compare) watchChoice(compare);
const filter = $("#filter");
if (filter) watchFilter(filter);
const section = $("#champion");
if (section) {
  $$("button[data-do]", section).forEach((each) => each.addEventListener("click", () => change(section, each)));
}
const learner = $("#learner");
if (learner) watchLearners(learner);
