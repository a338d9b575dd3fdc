import { expect, test } from "vitest";
import { both, contains, equals, field, literal } from "./filter";

test("texts are quoted so that they stay texts", () => {
  expect(literal("wine")).toBe("'wine'");
  expect(literal("ann's")).toBe('"ann\'s"');
  expect(literal(`a'b"c`)).toBe(`"a'bc"`);
  expect(contains("name", "")).toBe("");
  expect(contains("name", "wine")).toBe("name ILIKE '%wine%'");
  expect(equals("params.a", "ann's")).toBe('params.a = "ann\'s"');
  expect(equals("params.a", `a'b"c`)).toBe(`params.a LIKE "a'b_c"`);
  expect(both("a OR b", "c")).toBe("(a OR b) AND c");
  expect(both("", "c")).toBe("c");
  expect(field("metrics", "rmse")).toBe("metrics.rmse");
  expect(field("params", "learning rate")).toBe("params.`learning rate`");
});
