import { expect, test } from "vitest";
import { colourOf, PALETTE, strokesOf } from "./colour";

test("a colour depends on the id only, and all are used", () => {
  expect(colourOf("abc")).toBe(colourOf("abc"));
  const seen = new Set(Array.from({ length: 500 }, (_, i) => colourOf(`run-${i}`)));
  expect(seen.size).toBe(PALETTE.length);
});

test("runs beside each other look different, and the first has its own colour", () => {
  const ids = Array.from({ length: 30 }, (_, i) => `run-${i}`);
  const strokes = strokesOf(ids);
  const looks = new Set([...strokes.values()].map((s) => `${s.colour} ${s.dash}`));
  expect(looks.size).toBe(30);
  expect(strokes.get("run-0")?.colour).toBe(colourOf("run-0"));
  expect(new Set(ids.slice(0, 10).map((id) => strokes.get(id)?.colour)).size).toBe(10);
});
