import { expect, test } from "vitest";
import {
  choice,
  compact,
  pressed,
  readSort,
  readSorts,
  text,
  texts,
  writeSort,
  writeSorts,
} from "./search";

test("what does not fit is left out", () => {
  expect(text({ q: "" }, "q")).toBeUndefined();
  expect(text({ q: 12 }, "q")).toBe("12");
  expect(text({ q: { a: 1 } }, "q")).toBeUndefined();
  expect(choice({ tab: "x" }, "tab", ["a", "b"])).toBeUndefined();
  expect(choice({ tab: "b" }, "tab", ["a", "b"])).toBe("b");
  expect(texts({ c: ["a", 1, null] }, "c")).toEqual(["a"]);
  expect(texts({ c: "a" }, "c")).toBeUndefined();
  expect(compact({ a: 1, b: undefined })).toEqual({ a: 1 });
});

test("a sort survives the address", () => {
  for (const sort of [
    { key: "metrics.rmse", descending: true },
    { key: "name", descending: false },
  ]) {
    expect(readSort(writeSort(sort))).toEqual(sort);
  }
  expect(readSort("-")).toBeUndefined();
  expect(writeSort(undefined)).toBeUndefined();
});

test("several sorts survive the address, each column once", () => {
  const sorts = [
    { key: "metrics.rmse", descending: true },
    { key: "params.`a,b`", descending: false },
  ];
  expect(writeSorts(sorts)).toEqual(["-metrics.rmse", "params.`a,b`"]);
  expect(readSorts(writeSorts(sorts))).toEqual(sorts);
  expect(readSorts("-a")).toEqual([{ key: "a", descending: true }]);
  expect(readSorts(["a", "-a", 3, "-"])).toEqual([{ key: "a", descending: false }]);
  expect(readSorts(undefined)).toEqual([]);
  expect(writeSorts([])).toBeUndefined();
});

test("a head sorts by its column, greatest first, then least first, then not at all", () => {
  const a = { key: "a", descending: true };
  const b = { key: "b", descending: true };
  const up = { key: "a", descending: false };
  expect(pressed([], "a", false)).toEqual([a]);
  expect(pressed([a], "a", false)).toEqual([up]);
  expect(pressed([up], "a", false)).toEqual([]);
  expect(pressed([a, b], "b", false)).toEqual([{ key: "b", descending: false }]);
  expect(pressed([a], "b", true)).toEqual([a, b]);
  expect(pressed([a, b], "a", true)).toEqual([up, b]);
  expect(pressed([up, b], "a", true)).toEqual([b]);
});
