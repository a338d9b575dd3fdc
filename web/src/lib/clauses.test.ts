import { expect, test } from "vitest";
import { clauses, toggled } from "./clauses";

const failed = "status = 'FAILED'";
const running = "status = 'RUNNING'";

test("what all must pass is told apart, texts and brackets stay whole", () => {
  expect(clauses("")).toEqual([]);
  expect(clauses("a = 1 AND b = 'x AND y' and (c = 1 AND d = 2)")).toEqual([
    "a = 1",
    "b = 'x AND y'",
    "(c = 1 AND d = 2)",
  ]);
  expect(clauses("a = 1 AND b = 2 OR c = 3")).toEqual(["a = 1 AND b = 2 OR c = 3"]);
  expect(clauses("metrics.`x or y` > 1\nAND  a = 1")).toEqual(["metrics.`x or y` > 1", "a = 1"]);
});

test("a clause comes and goes, and what was typed keeps its meaning", () => {
  expect(toggled("", failed)).toBe(failed);
  expect(toggled("a = 1", failed)).toBe(`a = 1 AND ${failed}`);
  expect(toggled(`a = 1 AND ${failed}`, failed)).toBe("a = 1");
  expect(toggled(failed, failed)).toBe("");
  expect(toggled("a = 1 OR b = 2", failed)).toBe(`(a = 1 OR b = 2) AND ${failed}`);
  expect(toggled(`(a = 1 OR b = 2) AND ${failed}`, failed)).toBe("(a = 1 OR b = 2)");
  expect(toggled(`a = 1 AND ${running}`, failed, [running])).toBe(`a = 1 AND ${failed}`);
  expect(toggled("a BETWEEN 1 AND 2", failed)).toBe(`a BETWEEN 1 AND 2 AND ${failed}`);
});
