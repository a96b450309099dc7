// A symbol's page: the watchlist, newer prices, and what mattered to the forecast.
import { $, api, busily, complain, make, t } from "./dashboard.js";
import { redraw } from "./figures.js";

const { symbol, horizon } = $("[data-symbol]").dataset;
const problem = $("[data-problem]");

function watched() {
  const found = document.cookie.split("; ").find((each) => each.startsWith("pregao_watchlist="));
  return found ? decodeURIComponent(found.slice("pregao_watchlist=".length)).split("|").filter(Boolean) : [];
}

$("[data-watch]").addEventListener("click", (event) => {
  const button = event.currentTarget;
  const isWatched = button.getAttribute("aria-pressed") === "true";
  const others = watched().filter((each) => each !== symbol);
  const list = isWatched ? others : [...others, symbol];
  document.cookie = `pregao_watchlist=${encodeURIComponent(list.join("|"))}; path=/; max-age=31536000; samesite=lax`;
  button.setAttribute("aria-pressed", String(!isWatched));
});

$("[data-refresh]").addEventListener("click", async (event) => {
  problem.hidden = true;
  try {
    await busily(event.currentTarget, () => api(`/v1/symbols/${encodeURIComponent(symbol)}/refresh`, { method: "POST" }));
    location.reload();
  } catch (error) {
    complain(problem, error);
  }
});

const section = $("[data-explanation]");
$("[data-explain]", section)?.addEventListener("click", async (event) => {
  const button = event.currentTarget;
  const alert = $(".alert", section);
  alert.hidden = true;
  try {
    const address = `/symbols/${encodeURIComponent(symbol)}/explanation?horizon=${horizon}`;
    const found = await busily(button, () => api(address));
    const language = document.documentElement.lang.startsWith("pt") ? "pt_br" : "en";
    $("[data-sentences]", section).replaceChildren(
      ...found.explanation.what_mattered.map((each) => make("p", { class: "note" }, each[language])));
    const drawing = $(".drawing", section);
    drawing.hidden = false;
    redraw(drawing, found.drawing.figure);
    button.hidden = true;
  } catch (error) {
    complain(alert, error);
  }
});
