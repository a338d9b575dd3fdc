import { expect, test } from "vitest";
import { plain, readNotebook } from "./notebook";

test("cells and their outputs are read", () => {
  const { language, cells } = readNotebook(
    JSON.stringify({
      metadata: { language_info: { name: "Python" } },
      cells: [
        { cell_type: "markdown", source: ["# Ti", "tle"] },
        {
          cell_type: "code",
          execution_count: 3,
          source: "1 / 0",
          outputs: [
            { output_type: "stream", name: "stdout", text: ["a\n", "b"] },
            {
              output_type: "error",
              ename: "E",
              evalue: "x",
              traceback: ["\u001b[31mE\u001b[0m: x"],
            },
            {
              output_type: "display_data",
              data: { "image/png": "AAAA", "text/plain": "<Figure>" },
            },
            { output_type: "display_data", data: { "text/html": "<b>x</b>", "text/plain": "x" } },
          ],
        },
        { cell_type: "code", source: null, outputs: "none" },
      ],
    }),
  );
  expect(language).toBe("python");
  expect(cells.map((cell) => [cell.kind, cell.source, cell.count])).toEqual([
    ["markdown", "# Title", " "],
    ["code", "1 / 0", "3"],
    ["code", "", " "],
  ]);
  expect(cells[1]?.outputs).toEqual([
    { kind: "text", text: "a\nb", bad: false },
    { kind: "text", text: "E: x", bad: true },
    { kind: "image", type: "image/png", data: "AAAA" },
    { kind: "text", text: "x", html: true },
  ]);
});

test("what is no notebook is refused", () => {
  for (const text of ["", "[]", "{}", '{"cells": 1}']) expect(() => readNotebook(text)).toThrow();
});

test("colours of a terminal are left out", () => {
  expect(plain("\u001b[1;31mred\u001b[0m \u001b[2K")).toBe("red ");
});
