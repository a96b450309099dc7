// Before the first paint: the theme that was chosen, or else the system's.
(() => {
  try {
    const chosen = localStorage.getItem("pregao-theme");
    if (chosen === "light" || chosen === "dark") document.documentElement.dataset.theme = chosen;
  } catch {
    // Storage may be forbidden; then the system's theme it is.
  }
})();
