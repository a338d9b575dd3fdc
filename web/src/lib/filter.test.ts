import { expect, test } from "vitest";
import { begins, both, contains, equals, field, literal } from "./filter";

test("texts are quoted so that they stay texts", () => {
  expect(literal("wine")).toBe("'wine'");
  expect(literal("ann's")).toBe('"ann\'s"');
  expect(literal(`a'b"c`)).toBe(`"a'bc"`);
  expect(contains("name", "")).toBe("");
  expect(contains("name", "wine")).toBe("name CONTAINS 'wine'");
  expect(contains("name", "50%_a")).toBe("name CONTAINS '50%_a'");
  expect(contains("name", "ann's")).toBe('name CONTAINS "ann\'s"');
  expect(contains("name", `a'b"c`)).toBe(`name CONTAINS "a'b" AND name CONTAINS 'c'`);
  expect(begins("name", "a/")).toBe("name LIKE 'a/%'");
  expect(begins("name", "a_b/")).toBe("name LIKE 'a_b/%' AND name CONTAINS 'a_b/'");
  expect(equals("params.a", "ann's")).toBe('params.a = "ann\'s"');
  expect(equals("params.a", `a'b"c`)).toBe(`params.a LIKE "a'b_c"`);
  expect(both("a OR b", "c")).toBe("(a OR b) AND c");
  expect(both("", "c")).toBe("c");
  expect(field("metrics", "rmse")).toBe("metrics.rmse");
  expect(field("params", "learning rate")).toBe("params.`learning rate`");
});
