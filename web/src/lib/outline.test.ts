import { expect, test } from "vitest";
import { Outline } from "./outline";

const outline = new Outline([
  { rows: 3, open: false },
  { rows: 2, open: true },
  { rows: 1, open: false },
  { rows: 500, open: true },
]);

test("heads and the rows of open parts have places", () => {
  expect(outline.length).toBe(4 + 2 + 500);
  const spots = [0, 1, 2, 3, 4, 5, 6, 505].map((place) => outline.at(place));
  expect(spots).toEqual([
    { part: 0, row: undefined },
    { part: 1, row: undefined },
    { part: 1, row: 0 },
    { part: 1, row: 1 },
    { part: 2, row: undefined },
    { part: 3, row: undefined },
    { part: 3, row: 0 },
    { part: 3, row: 499 },
  ]);
  expect(outline.at(506)).toBeUndefined();
  expect(outline.at(-1)).toBeUndefined();
  expect(new Outline([]).at(0)).toBeUndefined();
});

test("what lies between two places is told by part", () => {
  expect([...outline.between(0, 505)]).toEqual([
    { part: 1, first: 0, last: 1 },
    { part: 3, first: 0, last: 499 },
  ]);
  expect([...outline.between(3, 8)]).toEqual([
    { part: 1, first: 1, last: 1 },
    { part: 3, first: 0, last: 2 },
  ]);
  expect([...outline.between(0, 1)]).toEqual([]);
  expect([...outline.between(100, 130)]).toEqual([{ part: 3, first: 94, last: 124 }]);
});
