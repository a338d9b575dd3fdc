import { expect, test } from "vitest";
import { moved, readColumn, writeColumn } from "./columns";

test("a column says which metric it shows, and what of it", () => {
  for (const [id, base, point] of [
    ["metrics.loss", "metrics.loss", "last"],
    ["min(metrics.`val loss (x)`)", "metrics.`val loss (x)`", "min"],
    ["best(metrics.acc)", "metrics.acc", "best"],
    ["number(params.lr)", "number(params.lr)", "last"],
    ["tags.min(metrics.a)", "tags.min(metrics.a)", "last"],
  ] as const) {
    expect(readColumn(id)).toEqual({ base, point });
    expect(writeColumn(base, point)).toBe(id);
  }
});

test("one of a list is moved to another place, and no further than its ends", () => {
  expect(moved(["a", "b", "c"], 0, 2)).toEqual(["b", "c", "a"]);
  expect(moved(["a", "b", "c"], 2, 0)).toEqual(["c", "a", "b"]);
  expect(moved(["a", "b", "c"], 1, 9)).toEqual(["a", "c", "b"]);
  expect(moved(["a", "b"], 1, -1)).toEqual(["b", "a"]);
  expect(moved(["a"], 5, 0)).toEqual(["a"]);
});
