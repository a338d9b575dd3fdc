import { expect, test } from "vitest";
import { parseJson, rowsOfJson } from "./json";

const NONE: ReadonlySet<string> = new Set();

const shown = (text: string, turned = NONE, wanted = "") =>
  rowsOfJson(parseJson(text), turned, wanted).map((row) => `${row.level} ${row.path} ${row.shown}`);

test("what is on top is open, what lies deeper opens and closes", () => {
  const text = '{"a": 1, "b c": [true, {"d": null}]}';
  expect(shown(text)).toEqual([
    "1  { 2 items }",
    "2 a 1",
    '2 ["b c"] [ 2 items ]',
    '3 ["b c"][0] true',
    '3 ["b c"][1] { 1 item }',
  ]);
  expect(shown(text, new Set(['["b c"][1]', "$"]))).toEqual(["1  { 2 items }"]);
  expect(shown(text, new Set(['["b c"][1]'])).at(-1)).toBe('4 ["b c"][1].d null');
});

test("a search leaves what has the text, and what holds that", () => {
  expect(shown('{"a": {"loss": 1}, "b": {"x": "Loss"}, "c": 2}', NONE, "loss")).toEqual([
    "1  { 3 items }",
    "2 a { 1 item }",
    "3 a.loss 1",
    "2 b { 1 item }",
    '3 b.x "Loss"',
  ]);
});

test("long whole numbers keep their digits", () => {
  expect(shown("[12345678901234567890, 1.5]").slice(1)).toEqual([
    "2 [0] 12345678901234567890",
    "2 [1] 1.5",
  ]);
});
