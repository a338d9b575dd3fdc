import { expect, test } from "vitest";
import { isNumeric, parseRows, wholeRows } from "./csv";

const bytes = (text: string) => new TextEncoder().encode(text);

test("rows are read with quotes, empty values and either row end", () => {
  expect(parseRows('a,b\r\n1,"x, ""y"""\n,\n', ",")).toEqual([
    ["a", "b"],
    ["1", 'x, "y"'],
    ["", ""],
  ]);
  expect(parseRows('a\t"two\nlines"\tc', "\t")).toEqual([["a", "two\nlines", "c"]]);
  expect(parseRows('"open', ",")).toEqual([["open"]]);
  expect(parseRows("", ",")).toEqual([]);
});

test("a part of a file is cut behind its last whole row", () => {
  expect(wholeRows(bytes("a,b\n1,2\n3,"))).toBe(8);
  expect(wholeRows(bytes('a,b\n1,"x\ny'))).toBe(4);
  expect(wholeRows(bytes("no end"))).toBe(0);
});

test("a column of numbers is known by its first rows", () => {
  const rows = [
    ["1", "a", ""],
    ["", "2", ""],
    ["-3.5e4", "", ""],
  ];
  expect([0, 1, 2].map((i) => isNumeric(rows, i))).toEqual([true, false, false]);
});
