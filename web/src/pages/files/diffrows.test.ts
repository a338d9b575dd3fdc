import { expect, test } from "vitest";
import { rowsOfDiff, rowsOfPatch, sideBySide, textDiff } from "./diffrows";
import { parsePatch } from "./patch";

const NONE: ReadonlySet<number> = new Set();
const long = Array.from({ length: 40 }, (_, i) => `line ${i}`);

test("equal lines far from what differs are left out until they are asked for", () => {
  const found = textDiff([...long, "a"].join("\n"), [...long, "b", "c"].join("\n"));
  const rows = rowsOfDiff(found, NONE);
  expect(rows.map((row) => `${row.kind} ${row.text}`)).toEqual([
    "gap 37",
    "same line 37",
    "same line 38",
    "same line 39",
    "removed a",
    "added b",
    "added c",
  ]);
  expect(rows.at(-1)).toEqual({ kind: "added", text: "c", after: 42 });
  expect(rowsOfDiff(found, new Set([0]))).toHaveLength(43);
  expect(rowsOfDiff(textDiff("x", "x"), NONE)).toHaveLength(1);
  expect(rowsOfDiff(textDiff("", ""), NONE)).toEqual([]);
});

test("what came stands beside what it came for", () => {
  const rows = rowsOfDiff(textDiff("a\nb\nc", "a\nx\ny\nc"), NONE);
  expect(sideBySide(rows).map(([l, r]) => [l?.text, r?.text])).toEqual([
    ["a", "a"],
    ["b", "x"],
    [undefined, "y"],
    ["c", "c"],
  ]);
});

test("a patch names its files", () => {
  const rows = rowsOfPatch(parsePatch("diff --git a/x b/x\n@@ -1 +1 @@\n-a\n+b\n"));
  expect(rows.map((row) => row.kind)).toEqual(["file", "hunk", "removed", "added"]);
  expect(rows[0]?.text).toBe("x  +1 −1");
});
