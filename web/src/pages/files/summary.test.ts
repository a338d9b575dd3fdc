import { expect, test } from "vitest";
import { inOrder, summaryOf } from "./summary";

test("numbers are summed up as numbers", () => {
  expect(summaryOf(["1", "2.5", "", "1", "-4e1"])).toEqual({
    type: "number",
    empty: 1,
    distinct: 3,
    numbers: { least: -40, mean: (1 + 2.5 + 1 - 40) / 4, greatest: 2.5 },
  });
});

test("one text makes a column of texts, with the most frequent", () => {
  expect(summaryOf(["red", "1", "red", ""])).toEqual({
    type: "text",
    empty: 1,
    distinct: 2,
    most: { value: "red", count: 2 },
  });
  expect(summaryOf(["", ""])).toEqual({ type: "empty", empty: 2, distinct: 0 });
  expect(summaryOf([])).toEqual({ type: "empty", empty: 0, distinct: 0 });
});

test("rows are ordered by numbers, by texts, and by one column after another", () => {
  const rows = [
    ["10", "b"],
    ["", "a"],
    ["9", "b"],
    ["9", "a10"],
    ["9", "a9"],
  ];
  const textOf = (row: string[], column: string) => row[Number(column)] ?? "";
  const by = (...sorts: [string, boolean][]) =>
    inOrder(
      rows,
      sorts.map(([key, descending]) => ({ key, descending })),
      textOf,
    ).map((row) => row.join("/"));
  expect(by(["0", false], ["1", false])).toEqual(["9/a9", "9/a10", "9/b", "10/b", "/a"]);
  expect(by(["0", true], ["1", true])).toEqual(["10/b", "9/b", "9/a10", "9/a9", "/a"]);
  expect(inOrder(rows, [], textOf)).toBe(rows);
});
