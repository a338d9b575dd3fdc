import { expect, test } from "vitest";
import { colourOf, PALETTE } from "./colour";

test("a colour depends on the id only, and all are used", () => {
  expect(colourOf("abc")).toBe(colourOf("abc"));
  const seen = new Set(Array.from({ length: 500 }, (_, i) => colourOf(`run-${i}`)));
  expect(seen.size).toBe(PALETTE.length);
});
