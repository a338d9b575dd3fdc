import { expect, test } from "vitest";
import { loadsBetween } from "./loadsBetween";

test("loads of a user are counted together between two changes", () => {
  const loads = [
    { user_id: "ann", count: 3, first: 10, last: 19 },
    { user_id: "bob", count: 1, first: 15, last: 15 },
    { user_id: "ann", count: 2, first: 30, last: 39 },
    { user_id: "ann", count: 5, first: 50, last: 59 },
  ];
  expect(loadsBetween(loads, 15, 50)).toEqual([
    { user: "ann", count: 5, first: 10, last: 39 },
    { user: "bob", count: 1, first: 15, last: 15 },
  ]);
  expect(loadsBetween(loads, 59, 60).map(({ count }) => count)).toEqual([5]);
  expect(loadsBetween(loads, 60, Number.POSITIVE_INFINITY)).toEqual([]);
});
