import { expect, test } from "vitest";
import { scaleOf, ticks } from "./ticks";

test("ticks are round and inside", () => {
  expect(ticks(0.03, 0.97, 5)).toEqual([0.2, 0.4, 0.6, 0.8]);
  expect(ticks(-120, 130, 5)).toEqual([-100, -50, 0, 50, 100]);
  expect(ticks(3, 3, 5)).toEqual([3]);
});

test("a scale has room around its values, one value too", () => {
  const { at } = scaleOf([0, 10], [0, 100], false, 5);
  expect(at(0)).toBeGreaterThan(0);
  expect(at(10)).toBeLessThan(100);
  expect(at(5)).toBeCloseTo(50);
  expect(scaleOf([7], [0, 100], false, 5).at(7)).toBeCloseTo(50);
  expect(scaleOf([], [0, 100], false, 5).ticks.length).toBeGreaterThan(1);
});

test("a logarithmic scale has powers of ten", () => {
  const { at, ticks: found } = scaleOf([0.001, 1], [0, 300], true, 5);
  expect(found).toEqual([0.001, 0.01, 0.1, 1]);
  expect(at(0.1) - at(0.01)).toBeCloseTo(at(1) - at(0.1));
});
