import { expect, test } from "vitest";
import { linesWith, marked } from "./lines";

const plain = (text: string) => [{ kind: "" as const, text }];
const said = (parts: ReturnType<typeof marked>) =>
  parts.map(({ text, found }) => (found ? `[${text}]` : text)).join("|");

test("what was looked for is marked wherever it stands, capitals or not", () => {
  expect(said(marked(plain("an Error, no error"), "error"))).toBe("an |[Error]|, no |[error]");
  expect(said(marked(plain("aaaa"), "aa"))).toBe("[aa]|[aa]");
  expect(said(marked(plain("nothing"), "error"))).toBe("nothing");
  expect(said(marked(plain("nothing"), ""))).toBe("nothing");
});

test("what was looked for is marked across pieces of different kinds", () => {
  const pieces = [
    { kind: "word" as const, text: "def" },
    { kind: "" as const, text: " x = " },
    { kind: "number" as const, text: "12" },
  ];
  const parts = marked(pieces, "ef x");
  expect(said(parts)).toBe("d|[ef]|[ x]| = |12");
  expect(parts.map(({ kind }) => kind)).toEqual(["word", "word", "", "", "number"]);
});

test("letters that become two when made small are shown without marks", () => {
  expect(said(marked(plain("İ error"), "error"))).toBe("İ error");
});

test("lines are found by their places, and not more than are wanted", () => {
  expect(linesWith(["a", "B", "ab"], "b", 10)).toEqual([1, 2]);
  expect(linesWith(["a", "B", "ab"], "b", 1)).toEqual([1]);
  expect(linesWith(["a"], "", 10)).toEqual([]);
});
