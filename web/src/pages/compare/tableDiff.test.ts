import { expect, test } from "vitest";
import { textDiff } from "../files/diffrows";
import {
  columnsOf,
  linesOfTable,
  rowsOfTables,
  sameRows,
  type TextTable,
  tableOf,
  withoutEnds,
} from "./tableDiff";

const nameOf = (place: number) => `column ${place + 1}`;

function differing(before: string, after: string) {
  const [left, right] = [tableOf(before, ","), tableOf(after, ",")];
  const columns = columnsOf(left, right, nameOf);
  const [a, b] = [linesOfTable(left, columns, "before"), linesOfTable(right, columns, "after")];
  const rows = rowsOfTables(textDiff(a, b));
  return { columns, rows: rows.map(({ change, before, after }) => [change, before, after]) };
}

test("a row with the same first value has changed, others were added or are gone", () => {
  const before = "id,rmse\n1,0.5\n2,0.6\n3,0.7\n4,0.8\n";
  const after = "id,rmse\n1,0.5\n2,0.61\n5,0.9\n4,0.8\n6,1\n";
  expect(differing(before, after).rows).toEqual([
    ["changed", 1, 1],
    ["changed", 2, 2], // as many on both sides: 3 has become 5
    ["added", undefined, 4],
  ]);
  expect(differing("id,x\na,1\nb,2\nc,3\n", "id,x\nc,4\n").rows).toEqual([
    ["removed", 0, undefined],
    ["removed", 1, undefined],
    ["changed", 2, 0],
  ]);
});

test("columns are found by their names, wherever they stand", () => {
  const { columns, rows } = differing("a,b,b\n1,2,3\n", "b,a,new\n2,1,9\n");
  expect(rows).toEqual([]);
  expect(columns).toEqual([
    { name: "b", before: 1, after: 0 },
    { name: "a", before: 0, after: 1 },
    { name: "new", before: undefined, after: 2 },
    { name: "b", before: 2, after: undefined },
  ]);
});

test("numbers without names, quotes and line ends inside of values keep their rows", () => {
  const { columns, rows } = differing("1,2\n3,4\n", "1,2\n3,5\n");
  expect(columns.map(({ name }) => name)).toEqual(["column 1", "column 2"]);
  expect(rows).toEqual([["changed", 1, 1]]);
  expect(differing('t,n\n"a\nb",1\n', 't,n\n"a\nb",2\n').rows).toEqual([["changed", 0, 0]]);
  expect(differing("", "a,b\n1,2\n").rows).toEqual([["added", undefined, 0]]);
});

test("rows that nothing tells apart change one by one", () => {
  const before = "label,score\nred,1\nred,2\nred,3\n";
  const after = "label,score\nred,1.5\nred,2.5\nred,3.5\n";
  expect(differing(before, after).rows).toEqual([
    ["changed", 0, 0],
    ["changed", 1, 1],
    ["changed", 2, 2],
  ]);
});

test("what a table has behind the last row read of the other may be there, too", () => {
  const numbers = (from: number, count: number, isCut: boolean): TextTable => ({
    names: ["id", "x"],
    rows: Array.from({ length: count }, (_, i) => [String(from + i), "0"]),
    isCut,
  });
  const changes = (left: TextTable, right: TextTable) => {
    const columns = columnsOf(left, right, nameOf);
    const lines = [linesOfTable(left, columns, "before"), linesOfTable(right, columns, "after")];
    const found = rowsOfTables(textDiff(lines[0] ?? "", lines[1] ?? ""));
    const rows = withoutEnds(found, left, right);
    return [rows.map(({ change }) => change), sameRows(rows, left, right)];
  };
  // Both go on: the row that seems to be missing at the end has moved behind what was read.
  expect(changes(numbers(1, 5, true), numbers(0, 5, true))).toEqual([["added"], 4]);
  expect(changes(numbers(0, 5, true), numbers(1, 5, true))).toEqual([["removed"], 4]);
  // The second one ends here, so that its rows are missing indeed.
  expect(changes(numbers(0, 5, true), numbers(0, 3, false))).toEqual([["removed", "removed"], 3]);
  expect(changes(numbers(0, 3, false), numbers(0, 5, true))).toEqual([["added", "added"], 3]);
  expect(changes(numbers(0, 3, true), numbers(0, 5, false))).toEqual([[], 3]);
});
