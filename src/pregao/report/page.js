"use strict";
(() => {
  const root = document.documentElement;
  const twins = JSON.parse(document.getElementById("twins").textContent);
  const asked = new URLSearchParams(location.search);
  const config = { responsive: true, displayModeBar: false, showTips: false };
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];

  // Figures are written in light colours; in the dark each colour has its twin.
  function figureOf(drawing) {
    const source = drawing.querySelector(`script[data-language="${root.dataset.language}"]`).textContent;
    const dark = root.dataset.theme === "dark";
    return JSON.parse(dark ? source.replace(/#[0-9a-f]{6}/g, (colour) => twins[colour] ?? colour) : source);
  }

  function show(figure, network) {
    figure.data.forEach((trace) => { trace.visible = trace.meta === network; });
    const last = Math.max(...figure.data.filter((trace) => trace.visible).flatMap((trace) => trace.x));
    Object.assign(figure.layout.xaxis, {
      range: [-0.04 * last - 0.1, 1.04 * last + 0.1],
      dtick: last <= 10 ? 1 : undefined,
    });
  }

  function draw(drawing) {
    const plot = drawing.querySelector(".plot");
    if (plot.offsetParent === null) return;
    const figure = figureOf(drawing);
    const choice = document.querySelector(`select[data-shows="${drawing.id}"]`);
    if (choice) show(figure, choice.value);
    if (root.classList.contains("printing")) figure.layout.width = plot.clientWidth;
    Plotly.react(plot, figure.data, figure.layout, config);
  }

  const drawAll = () => all(".drawing").forEach(draw);

  function setLanguage(language) {
    root.dataset.language = language;
    root.lang = language === "pt" ? "pt-BR" : "en";
    all("[data-set-language]").forEach((button) =>
      button.setAttribute("aria-pressed", String(button.dataset.setLanguage === language)));
  }

  function setTheme(theme) {
    root.dataset.theme = theme;
    document.querySelector("[data-set-theme]").setAttribute("aria-pressed", String(theme === "dark"));
  }

  function sortBy(heading) {
    const table = heading.closest("table");
    const column = [...heading.parentNode.children].indexOf(heading);
    const isText = heading.querySelector("button").dataset.kind === "text";
    const descending = heading.getAttribute("aria-sort") === "ascending";
    const value = (row) => row.children[column].dataset.value;
    const compare = (a, b) => {
      const [x, y] = [value(a), value(b)];
      if (x === "" || y === "") return (x === "") - (y === "");
      const order = isText ? x.localeCompare(y) : Number(x) - Number(y);
      return descending ? -order : order;
    };
    all("th[aria-sort]", table).forEach((each) => each.setAttribute("aria-sort", "none"));
    heading.setAttribute("aria-sort", descending ? "descending" : "ascending");
    table.tBodies[0].append(...[...table.tBodies[0].rows].sort(compare));
  }

  function select(tab) {
    const tabs = all("[role=tab]");
    tabs.forEach((each) => {
      const chosen = each === tab;
      each.setAttribute("aria-selected", String(chosen));
      each.tabIndex = chosen ? 0 : -1;
      document.getElementById(each.getAttribute("aria-controls")).hidden = !chosen;
    });
  }

  function step(tab, key) {
    const tabs = all("[role=tab]");
    const moves = { ArrowRight: 1, ArrowLeft: -1 };
    if (!(key in moves)) return;
    const next = tabs[(tabs.indexOf(tab) + moves[key] + tabs.length) % tabs.length];
    select(next);
    next.focus();
    drawAll();
  }

  root.classList.add("scripted");
  const prefersDark = matchMedia("(prefers-color-scheme: dark)");
  setTheme(asked.get("theme") ?? (prefersDark.matches ? "dark" : "light"));
  const speaks = asked.get("lang") ?? navigator.language;
  setLanguage(speaks.toLowerCase().startsWith("pt") ? "pt" : "en");
  const tabs = all("[role=tab]");
  if (tabs.length) select(tabs[0]);

  all("[data-set-language]").forEach((button) =>
    button.addEventListener("click", () => { setLanguage(button.dataset.setLanguage); drawAll(); }));
  document.querySelector("[data-set-theme]").addEventListener("click", () => {
    setTheme(root.dataset.theme === "dark" ? "light" : "dark");
    drawAll();
  });
  prefersDark.addEventListener("change", () => { setTheme(prefersDark.matches ? "dark" : "light"); drawAll(); });
  tabs.forEach((tab) => {
    tab.addEventListener("click", () => { select(tab); drawAll(); });
    tab.addEventListener("keydown", (event) => step(tab, event.key));
  });
  all(".sortable th[aria-sort]").forEach((heading) =>
    heading.querySelector("button").addEventListener("click", () => sortBy(heading)));
  all("select[data-shows]").forEach((choice) =>
    choice.addEventListener("change", () => draw(document.getElementById(choice.dataset.shows))));
  all("details").forEach((each) => each.addEventListener("toggle", () => all(".drawing", each).forEach(draw)));
  // Paper is light and narrow, and nobody can unfold anything on it.
  let before = null;
  addEventListener("beforeprint", () => {
    before = root.dataset.theme;
    root.classList.add("printing");
    all("details.meaning").forEach((each) => { each.open = true; });
    setTheme("light");
    drawAll();
  });
  addEventListener("afterprint", () => {
    root.classList.remove("printing");
    setTheme(before);
    // A figure keeps the width it had on paper unless it is made anew.
    all(".plot").forEach((plot) => Plotly.purge(plot));
    drawAll();
  });
  drawAll();
})();
