import { expect, test } from "vitest";
import { contains, field, literal } from "./filter";

test("texts are quoted so that they stay texts", () => {
  expect(literal("wine")).toBe("'wine'");
  expect(literal("ann's")).toBe('"ann\'s"');
  expect(literal(`a'b"c`)).toBe(`"a'bc"`);
  expect(contains("name", "")).toBe("");
  expect(contains("name", "wine")).toBe("name ILIKE '%wine%'");
  expect(field("metrics", "rmse")).toBe("metrics.rmse");
  expect(field("params", "learning rate")).toBe("params.`learning rate`");
});
