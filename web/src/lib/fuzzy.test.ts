import { expect, test } from "vitest";
import { score } from "./fuzzy";

test("a whole word fits better than scattered letters, and others not at all", () => {
  expect(score("lr_wine_quality", "wine")).toBeGreaterThan(score("west_inner_e", "wine"));
  expect(score("experiments", "xps")).toBeGreaterThan(0);
  expect(score("models", "xyz")).toBe(0);
  expect(score("models", "")).toBe(1);
});
