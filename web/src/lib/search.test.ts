import { expect, test } from "vitest";
import { choice, compact, readSort, text, texts, writeSort } from "./search";

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
