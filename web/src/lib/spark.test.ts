import { expect, test } from "vitest";
import type { Curve } from "./chart";
import { courseOf } from "./spark";

function curve(x: number[], mean: number[], min = mean, max = mean): Curve {
  const column = (values: number[]) => new Float64Array(values);
  const rest = { last: column(mean), count: column(mean), nans: column(mean) };
  return {
    run_id: "r",
    key: "k",
    x: column(x),
    mean: column(mean),
    ...rest,
    min: column(min),
    max: column(max),
  };
}

test("a line goes from the left edge to the right, the greatest value on top", () => {
  expect(courseOf(curve([0, 5, 10], [1, 3, 2]), 13, 13).path).toBe("M1.5 11.5L6.5 1.5L11.5 6.5");
});

test("the extremes are those of the points in the buckets, not of what is drawn", () => {
  const found = courseOf(curve([0, 1], [2, 3], [-4, 1], [2, 9]), 10, 10);
  expect([found.min, found.max]).toEqual([-4, 9]);
});

test("what is no number leaves a gap", () => {
  const found = courseOf(curve([0, 1, 2, 3], [1, Number.NaN, 2, Number.POSITIVE_INFINITY]), 10, 10);
  expect(found.path.match(/M/g)).toHaveLength(2);
  expect(found.path).not.toMatch(/NaN|Infinity/);
  expect(found.max).toBe(Number.POSITIVE_INFINITY);
});

test("a value that stays the same is a line in the middle", () => {
  expect(courseOf(curve([0, 1], [7, 7]), 10, 10).path).toBe("M1.5 5.0L8.5 5.0");
});

test("one point is no line, but has extremes; nothing but NaN has neither", () => {
  expect(courseOf(curve([3], [7]), 10, 10)).toEqual({ path: "", min: 7, max: 7 });
  const none = { path: "", min: undefined, max: undefined };
  expect(courseOf(curve([0, 1], [Number.NaN, Number.NaN]), 10, 10)).toEqual(none);
});
