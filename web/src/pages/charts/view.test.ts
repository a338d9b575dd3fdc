import { expect, test } from "vitest";
import { isNudge, rangeOf, readView } from "./view";

test("an address is read without trust", () => {
  const view = { x: "time", log: "y", smooth: 60, keys: ["a"], from: 1, to: 2, as: "table" };
  expect(readView(view)).toEqual(view);
  expect(readView({ x: "step", log: "z", smooth: 1e9, keys: "a", from: 3, to: 2, as: 1 })).toEqual({
    smooth: 99,
  });
  expect(readView({ smooth: "NaN", from: Number.POSITIVE_INFINITY, to: 1 })).toEqual({});
});

test("what needs each other is there together", () => {
  const view = { x: "metric", xk: "loss", by: "params.lr", band: "range", clip: true };
  expect(readView(view)).toEqual(view);
  expect(readView({ x: "metric", band: "sd", clip: "yes" })).toEqual({});
  expect(readView({ x: "time", xk: "loss" })).toEqual({ x: "time" });
});

test("a range has both ends", () => {
  expect(rangeOf({ from: 0, to: 5 })).toEqual([0, 5]);
  expect(rangeOf({ from: 0 })).toBeUndefined();
});

test("a letter and a nudge of a slider are no places to go back to, other changes are", () => {
  const old = { cards: [{ image: "a", step: 1 }, { text: "b" }] };
  expect(isNudge({ q: "x" }, old)).toBe(true);
  expect(isNudge({ smooth: 10 }, old)).toBe(true);
  expect(isNudge({ cards: [{ image: "a", step: 2 }, { text: "b" }] }, old)).toBe(true);
  expect(isNudge({ cards: [{ text: "b" }, { image: "a", step: 1 }] }, old)).toBe(false);
  expect(isNudge({ cards: undefined }, old)).toBe(false);
  expect(isNudge({ x: "time" }, old)).toBe(false);
});
