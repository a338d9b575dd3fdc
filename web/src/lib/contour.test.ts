import { expect, test } from "vitest";
import { levelLine, valueBetween } from "./contour";

test("a field has the values of its spots, and lies between them elsewhere", () => {
  const spots = { x: [0, 1, 0, 1], y: [0, 0, 1, 1], z: [0, 1, 1, 2] };
  expect(valueBetween(spots, 0, 0)).toBeCloseTo(0, 3);
  expect(valueBetween(spots, 1, 1)).toBeCloseTo(2, 3);
  expect(valueBetween(spots, 0.5, 0.5)).toBeCloseTo(1, 6);
  expect(valueBetween({ x: [], y: [], z: [] }, 0, 0)).toBeNaN();
});

test("a line of a level goes where the field has it", () => {
  // Values are the column's number: the level 1.5 is a straight line up.
  const values = Float64Array.from({ length: 12 }, (_, i) => i % 4);
  const line = levelLine({ columns: 4, rows: 3, values }, 1.5);
  const xs = line.filter((_, i) => i % 2 === 0 && !Number.isNaN(line[i]));
  expect(xs).toEqual([1.5, 1.5, 1.5, 1.5]);
  const ys = line.filter((_, i) => i % 2 === 1 && !Number.isNaN(line[i])).sort();
  expect(ys).toEqual([0, 1, 1, 2]);
  expect(levelLine({ columns: 4, rows: 3, values }, 9)).toEqual([]);
});

test("a saddle has two pieces", () => {
  const values = Float64Array.from([0, 1, 1, 0]);
  expect(levelLine({ columns: 2, rows: 2, values }, 0.5)).toHaveLength(12);
});
