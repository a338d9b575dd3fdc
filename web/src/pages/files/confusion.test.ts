import { expect, test } from "vitest";
import { accuracyOf, precisionOf, readConfusion, shareOf } from "./confusion";

const PETS = {
  labels: ["cat", "dog"],
  counts: [
    [5, 1],
    [3, 7],
  ],
};

test("a matrix is read from JSON and CSV, with its labels", () => {
  const json = '{"labels": ["cat", "dog"], "matrix": [[5, 1], [3, 7]]}';
  expect(readConfusion("eval/pets.json", json)).toEqual(PETS);
  const split = '{"columns": ["cat", "dog"], "index": ["cat", "dog"], "data": [[5, 1], [3, 7]]}';
  expect(readConfusion("pets.json", split)).toEqual(PETS);
  expect(readConfusion("pets.csv", ",cat,dog\ncat,5,1\ndog,3,7\n")).toEqual(PETS);
  expect(readConfusion("pets.tsv", "actual\tcat\tdog\r\ncat\t5\t1\r\ndog\t3\t7")).toEqual(PETS);
});

test("a matrix without labels says so by its name", () => {
  const found = { labels: ["0", "1"], counts: PETS.counts };
  expect(readConfusion("confusion_matrix.json", "[[5, 1], [3, 7]]")).toEqual(found);
  expect(readConfusion("confusion.csv", "5,1\n3,7\n")).toEqual(found);
  expect(readConfusion("numbers.json", "[[5, 1], [3, 7]]")).toBeUndefined();
  expect(readConfusion("numbers.csv", "5,1\n3,7\n")).toBeUndefined();
});

test.each([
  ["a.json", "{"],
  ["a.json", "null"],
  ["a.json", '{"labels": ["cat"], "matrix": [[5, 1], [3, 7]]}'],
  ["a.json", '{"labels": ["cat", "dog"], "matrix": [[5, 1], [3]]}'],
  ["a.json", '{"labels": ["cat", "dog"], "matrix": [[5, -1], [3, 7]]}'],
  ["a.json", '{"labels": ["cat", "dog"], "matrix": [["5", 1], [3, 7]]}'],
  ["a.json", '{"columns": ["x", "y"], "index": [0, 1], "data": [[5, 1], [3, 7]]}'],
  ["a.csv", ",cat,dog\ncat,5,1\nbird,3,7\n"],
  ["a.csv", ",cat,dog\ncat,5,\ndog,3,7\n"],
  ["confusion.csv", "why,how\n1,2\n"],
  ["a.csv", ""],
])("%s with %s is none", (path, text) => {
  expect(readConfusion(path, text)).toBeUndefined();
});

test("shares are those of rows, columns and all", () => {
  expect(shareOf(PETS, 1, 0)).toBeCloseTo(0.3);
  expect(precisionOf(PETS, 0)).toBeCloseTo(5 / 8);
  expect(accuracyOf(PETS)).toEqual({ all: 16, share: 12 / 16 });
  const none = {
    labels: ["a", "b"],
    counts: [
      [0, 0],
      [0, 0],
    ],
  };
  expect(accuracyOf(none).share).toBe(0);
  expect(shareOf(none, 0, 0)).toBe(0);
});
