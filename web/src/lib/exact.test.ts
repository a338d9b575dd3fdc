import { expect, test } from "vitest";
import { isWhole, readExactly, wholeNumber } from "./exact";

test("whole numbers keep their digits from reading to writing", () => {
  for (const text of [
    '{"id":9007199254740993,"deep":[-12345678901234567890,{"x":1}],"text":"9007199254740993"}',
    "[0,1.5,-2,1e+300,true,null]",
    "9223372036854775807",
  ])
    expect(JSON.stringify(readExactly(text))).toBe(text);
});

test("small ones are numbers, and large ones whole", () => {
  expect(readExactly("[1, 2.5]")).toEqual([1, 2.5]);
  expect(wholeNumber("-7")).toBe(-7);
  expect([1, wholeNumber("9007199254740993")].every(isWhole)).toBe(true);
  expect([1.5, "1", {}, null].some(isWhole)).toBe(false);
});
