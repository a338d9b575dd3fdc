// Runs before the first paint, so that no page flashes in the other theme.
(() => {
  let chosen = null;
  try {
    chosen = localStorage.getItem("cuvee.theme");
  } catch {
    // Storage may be forbidden; the system's theme is taken then.
  }
  const dark = matchMedia("(prefers-color-scheme: dark)").matches;
  document.documentElement.dataset.theme =
    chosen === "dark" || (chosen !== "light" && dark) ? "dark" : "light";
})();
