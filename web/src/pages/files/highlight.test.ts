import { expect, test } from "vitest";
import { highlight, languageOf } from "./highlight";

const pieces = (line: string, language: string) =>
  highlight(line, language, undefined)[0].map(({ kind, text }) => `${kind}:${text}`);

test("a line is taken apart and nothing of it is lost", () => {
  expect(pieces('return x + 12  # "not" a text', "python")).toEqual([
    "word:return",
    ": x + ",
    "number:12",
    ":  ",
    'comment:# "not" a text',
  ]);
  expect(pieces("url = 'a # b'  # c", "python").at(1)).toBe("text:'a # b'");
  expect(pieces("name: a#b # c", "yaml")).toEqual(["key:name", ":: a#b ", "comment:# c"]);
  for (const [line, language] of [
    ['"a": [1, "b\\"c", null]', "json"],
    ["SELECT 'x' -- y", "sql"],
    ["let a = `b", "script"],
    ["\t \\ ' \"", "python"],
    ["plain", "none"],
  ] as const) {
    const [found] = highlight(line, language, undefined);
    expect(found.map((p) => p.text).join("")).toBe(line);
  }
});

test("a text over several lines goes on until it ends", () => {
  const [, open] = highlight('x = """one', "python", undefined);
  const [middle, still] = highlight("def not_code():", "python", open);
  expect([middle.length, middle[0]?.kind, still]).toEqual([1, "text", open]);
  const [last, closed] = highlight('end""" + y', "python", still);
  expect([last[0]?.text, closed]).toEqual(['end"""', undefined]);
});

test("names tell the language", () => {
  expect(["a.py", "MLmodel", "x.ipynb", "log.txt"].map(languageOf)).toEqual([
    "python",
    "yaml",
    "json",
    undefined,
  ]);
});
