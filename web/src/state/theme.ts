import { createStore } from "./store";

export const THEMES = ["light", "dark", "system"] as const;
export type Theme = (typeof THEMES)[number];

const KEY = "cuvee.theme"; // theme.js reads it before the first paint
const system = matchMedia("(prefers-color-scheme: dark)");

function read(): Theme {
  try {
    return THEMES.find((t) => t === localStorage.getItem(KEY)) ?? "system";
  } catch {
    return "system";
  }
}

export const theme = createStore<Theme>(read());
/** What is shown: `light` or `dark`. */
export const shade = createStore<"light" | "dark">(shown());

function shown(): "light" | "dark" {
  const chosen = theme.get();
  return chosen === "dark" || (chosen === "system" && system.matches) ? "dark" : "light";
}

function apply(): void {
  document.documentElement.dataset.theme = shown();
  shade.set(shown());
}

export function setTheme(chosen: Theme): void {
  try {
    localStorage.setItem(KEY, chosen);
  } catch {
    // It is forgotten with the page then.
  }
  theme.set(chosen);
  apply();
}

system.addEventListener("change", apply);
