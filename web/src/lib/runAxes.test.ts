import { expect, test } from "vitest";
import { axisOf, filterOf, readBrushes, saidOf, share, valueAt, within } from "./runAxes";

const loss = axisOf("metrics", "loss", [1, 2, Number.NaN, 4, undefined], false);
const rate = axisOf("params", "lr", ["0.001", "0.1", "10", "", undefined], false);
const solver = axisOf("params", "my solver", ["b", "a", "a", undefined, "it's"], false);

test("an axis has numbers, on a logarithmic scale where they are far apart, or texts", () => {
  expect([loss.low, loss.high, loss.log]).toEqual([1, 4, false]);
  expect(rate.log).toBe(true);
  expect(axisOf("params", "lr", ["0.001", "10"], true).log).toBe(false);
  expect(share(rate, 0.1)).toBeCloseTo(0.5);
  expect(valueAt(rate, 0.5)).toBeCloseTo(0.1);
  expect(solver.texts).toEqual(["a", "b", "it's"]);
  expect(saidOf(solver, 1)).toBe("b");
  expect(saidOf(loss, Number.NaN)).toBe("–");
  expect(share(axisOf("metrics", "m", [3, 3], false), 3)).toBe(0.5);
});

test("brushes choose runs, and are a filter", () => {
  const axes = [loss, rate, solver];
  const brushes = { "metrics.loss": [1, 2], "params.`my solver`": ["a", "it's"] } as const;
  expect([...within(axes, brushes, 5)]).toEqual([0, 1, 0, 0, 0]);
  expect([...within(axes, {}, 5)]).toEqual([1, 1, 1, 1, 1]);
  expect(filterOf(axes, { ...brushes, "params.lr": [0.01, 1] })).toBe(
    `metrics.loss BETWEEN 1 AND 2 AND number(params.lr) BETWEEN 0.01 AND 1 AND params.\`my solver\` IN ('a', "it's")`,
  );
});

test("brushes of an address are read without trust", () => {
  const good = { a: [1, 2], b: ["x"] };
  expect(readBrushes({ ...good, c: [2, 1], d: [1], e: "x", f: [1, "y"], g: [] })).toEqual(good);
  expect(readBrushes([1])).toBeUndefined();
  expect(readBrushes({ a: [1, 2, 3] })).toBeUndefined();
});
