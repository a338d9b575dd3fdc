import { parseRows } from "../files/csv";
import type { TextDiff } from "../files/diffrows";

/** A table as it is written: the names of its columns, and its rows. */
export interface TextTable {
  /** Empty where the first row names none. */
  readonly names: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Whether these are its first rows only. */
  readonly isCut?: boolean;
}

/** A column of two tables; a place is undefined where a table lacks it. */
export interface TablePairColumn {
  readonly name: string;
  readonly before: number | undefined;
  readonly after: number | undefined;
}

/** A row in which two tables differ; places count from 0. */
export interface TableDiffRow {
  readonly change: "changed" | "added" | "removed";
  readonly before: number | undefined;
  readonly after: number | undefined;
}

/** Read separated values; a first row of numbers only names no columns. */
export function tableOf(text: string, delimiter: string): TextTable {
  const rows = parseRows(text, delimiter);
  const [head = [], ...others] = rows;
  const named = head.some((value) => value === "" || Number.isNaN(Number(value)));
  return named ? { names: head, rows: others } : { names: [], rows };
}

/** The columns of both tables: those of the second one, then what only the first has. */
export function columnsOf(
  before: TextTable,
  after: TextTable,
  nameOf: (place: number) => string,
): TablePairColumn[] {
  const left = named(before, nameOf);
  const right = named(after, nameOf);
  const places = new Map(left.map(({ id, place }) => [id, place]));
  const known = new Set(right.map(({ id }) => id));
  return [
    ...right.map(({ id, name, place }) => ({ name, before: places.get(id), after: place })),
    ...left
      .filter(({ id }) => !known.has(id))
      .map(({ name, place }) => ({ name, before: place, after: undefined })),
  ];
}

/** The columns of a table; of several with one name each counts for itself. */
function named({ names, rows }: TextTable, nameOf: (place: number) => string) {
  const width = rows.reduce((most, row) => Math.max(most, row.length), names.length);
  const times = new Map<string, number>();
  return Array.from({ length: width }, (_, place) => {
    const name = names[place] || nameOf(place);
    const time = (times.get(name) ?? 0) + 1;
    times.set(name, time);
    return { id: `${time} ${name}`, name, place };
  });
}

const isShared = ({ before, after }: TablePairColumn) =>
  before !== undefined && after !== undefined;

/** A line for each row of a table, by which rows are found equal: what both tables have of it. */
export function linesOfTable(
  { rows }: TextTable,
  columns: readonly TablePairColumn[],
  side: "before" | "after",
): string {
  const shared = columns.filter(isShared);
  const line = (row: readonly string[]) =>
    JSON.stringify(shared.map((column) => row[column[side] as number] ?? ""));
  return rows.map((row) => `${line(row)}\n`).join("");
}

/**
 * The rows in which two tables differ.
 *
 * Of a stretch in which they do, rows with the same first value are one that has changed, where it
 * tells them apart; of what is left, as many on both sides are one by one.
 */
export function rowsOfTables({ before, after, blocks }: TextDiff): TableDiffRow[] {
  return blocks.flatMap(({ same, a, b }) => {
    if (same) return [];
    const pairs = new Map<number, number>(); // a row of the second table -> one of the first
    const left = firsts(before, a);
    const right = firsts(after, b);
    for (const [value, to] of right) {
      const from = left.get(value);
      if (to >= 0 && from !== undefined && from >= 0) pairs.set(to, from);
    }
    const taken = new Set(pairs.values());
    const gone = range(a).filter((at) => !taken.has(at));
    const come = range(b).filter((at) => !pairs.has(at));
    if (gone.length === come.length) {
      for (const [i, at] of come.entries()) pairs.set(at, gone[i] as number);
    }
    return inOrder(a, b, pairs);
  });
}

/**
 * What is left of the differing rows when those are not counted that one table has behind the last
 * row of the other, where that one goes on: they may be there, too, among the rows not read.
 */
export function withoutEnds(
  rows: readonly TableDiffRow[],
  left: TextTable,
  right: TextTable,
): TableDiffRow[] {
  const kept = [...rows];
  let [a, b] = [left.rows.length - 1, right.rows.length - 1];
  for (let last = kept.at(-1); last; last = kept.at(-1)) {
    if (left.isCut && last.change === "added" && last.after === b) b -= 1;
    else if (right.isCut && last.change === "removed" && last.before === a) a -= 1;
    else break;
    kept.pop();
  }
  return kept;
}

/** How many rows both tables have. */
export function sameRows(rows: readonly TableDiffRow[], left: TextTable, right: TextTable): number {
  const of = (change: TableDiffRow["change"]) => rows.filter((row) => row.change === change).length;
  const changed = of("changed");
  // What is behind the last row read of the other is counted on neither side.
  return Math.min(
    left.rows.length - changed - of("removed"),
    right.rows.length - changed - of("added"),
  );
}

/** First value -> its row in a stretch; -1 where several have it. */
function firsts(lines: readonly string[], [from, behind]: readonly [number, number]) {
  const found = new Map<string, number>();
  for (let at = from; at < behind; at += 1) {
    const first = String((JSON.parse(lines[at] as string) as string[])[0] ?? "");
    found.set(first, found.has(first) ? -1 : at);
  }
  return found;
}

const range = ([from, behind]: readonly [number, number]) =>
  Array.from({ length: behind - from }, (_, i) => from + i);

/** The rows of a stretch in the order of the second table; what is gone stands before what came. */
function inOrder(
  a: readonly [number, number],
  b: readonly [number, number],
  pairs: ReadonlyMap<number, number>,
): TableDiffRow[] {
  const taken = new Set(pairs.values());
  const gone = range(a).filter((at) => !taken.has(at));
  const rows: TableDiffRow[] = [];
  const removed = (behind: number) => {
    while (gone.length && (gone[0] as number) < behind) {
      rows.push({ change: "removed", before: gone.shift(), after: undefined });
    }
  };
  for (const at of range(b)) {
    const from = pairs.get(at);
    if (from !== undefined) removed(from);
    rows.push({ change: from === undefined ? "added" : "changed", before: from, after: at });
  }
  removed(Number.POSITIVE_INFINITY);
  return rows;
}
