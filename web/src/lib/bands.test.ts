import { expect, test } from "vitest";
import { bandOf, gridOf, withoutOutliers } from "./bands";

const a = { x: [0, 1, 2], y: [0, 1, 2] };
const b = { x: [0, 2, 4], y: [2, null, 6] };

test("a group has a mean and a spread wherever one of its runs is", () => {
  const grid = gridOf([a, b], 100);
  expect(grid).toEqual([0, 1, 2, 4]);
  const range = bandOf([a, b], grid, "range");
  expect(range.mean).toEqual([1, 2, 3, 6]);
  expect(range.low).toEqual([0, 1, 2, 6]);
  expect(range.high).toEqual([2, 3, 4, 6]);
  const sd = bandOf([a, b], grid, "sd");
  expect(sd.high[0]).toBeCloseTo(1 + Math.SQRT2);
  expect(sd.high[3]).toBe(6);
  expect(bandOf([], [1], "sd").mean).toEqual([null]);
});

test("places are no more than asked for, and reach both ends", () => {
  const grid = gridOf([{ x: Array.from({ length: 1000 }, (_, i) => i), y: [] }], 11);
  expect(grid).toHaveLength(11);
  expect([grid[0], grid.at(-1)]).toEqual([0, 999]);
});

test("a few values far away do not decide what is shown", () => {
  const values = [...Array.from({ length: 100 }, (_, i) => i / 100), 1e9];
  const [low, high] = withoutOutliers(values) ?? [];
  expect(low).toBe(0);
  expect(high).toBeLessThan(1.5);
  expect(withoutOutliers([1, 2])).toBeUndefined();
});
