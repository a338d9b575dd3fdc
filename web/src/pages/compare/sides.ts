import type { RunFiles } from "../../api/schema.gen";
import { bytes } from "../../lib/number";
import type { CodeFacts, Environment } from "../runs/facts";

/** What a run has for a key, against the first run. */
export type Change = "same" | "changed" | "added" | "removed";

export interface Side {
  readonly text: string;
  readonly change: Change;
}

/** A key of several runs: a side for each, undefined where neither it nor the first has anything. */
export interface SideRow {
  readonly group: string;
  readonly key: string;
  readonly sides: readonly (Side | undefined)[];
  readonly differs: boolean;
}

interface Value {
  /** What makes it equal to another one. */
  readonly id: string;
  readonly text: string;
}

function rowOf(group: string, key: string, values: readonly (Value | undefined)[]): SideRow {
  const first = values[0];
  const sides = values.map((value): Side | undefined => {
    if (!value) return first && { text: "–", change: "removed" };
    if (!first) return { text: value.text, change: "added" };
    return { text: value.text, change: value.id === first.id ? "same" : "changed" };
  });
  return { group, key, sides, differs: sides.some((side) => side && side.change !== "same") };
}

const plain = (text: string): Value | undefined => (text ? { id: text, text } : undefined);

/** What code the runs ran. */
export function codeRows(code: readonly CodeFacts[], names: Record<keyof CodeFacts, string>) {
  const keys = Object.keys(names) as (keyof CodeFacts)[];
  return keys
    .map((key) => {
      const values = code.map((facts) => {
        const value = facts[key];
        return typeof value === "boolean" ? plain(value ? "yes" : "no") : plain(value ?? "");
      });
      return rowOf("", names[key], values);
    })
    .filter((row) => row.sides.some((side) => side !== undefined));
}

type Told = Exclude<keyof Environment, "packages" | "executable">;

/** What the runs ran in: the computer, then each package; undefined for a run that does not say. */
export function environmentRows(
  told: readonly (Environment | undefined)[],
  names: Record<Told, string>,
  groups: readonly [string, string],
): SideRow[] {
  const about = (Object.keys(names) as Told[]).map((key) => {
    const values = told.map((one) => {
      const value = one?.[key];
      if (Array.isArray(value)) return plain(value.join(", "));
      if (typeof value === "number")
        return plain(value ? (key === "memory" ? bytes(value) : `${value}`) : "");
      return plain(typeof value === "string" ? value : "");
    });
    return rowOf(groups[0], names[key], values);
  });
  const packages = new Set(told.flatMap((one) => [...(one?.packages.keys() ?? [])]));
  const order = new Intl.Collator("en", { sensitivity: "base" });
  const rows = [...packages].sort(order.compare).map((name) => {
    // Who says nothing of packages has not taken any away.
    const values = told.map((one) => plain(one?.packages.get(name) ?? ""));
    const row = rowOf(groups[1], name, values);
    const sides = row.sides.map((side, i) => (told[i]?.packages.size ? side : undefined));
    return { ...row, sides, differs: sides.some((side) => side && side.change !== "same") };
  });
  return [...about.filter((row) => row.sides.some((side) => side)), ...rows];
}

/** The files of the runs: the same when their digests are. */
export function fileRows(runs: readonly RunFiles[]): SideRow[] {
  const found = new Map<string, (Value | undefined)[]>();
  for (const [i, { files = [] }] of runs.entries()) {
    for (const { path, digest, size } of files) {
      const values = found.get(path) ?? new Array<Value | undefined>(runs.length).fill(undefined);
      values[i] = { id: digest, text: bytes(size) };
      found.set(path, values);
    }
  }
  const order = new Intl.Collator("en", { numeric: true });
  return [...found]
    .sort(([a], [b]) => order.compare(a, b))
    .map(([path, values]) => {
      const row = rowOf("", path, values);
      // Of what a list does not hold nothing can be said.
      const sides = row.sides.map((side, i) =>
        values[i] || (runs[i]?.complete && !runs[i]?.elsewhere) ? side : undefined,
      );
      return { ...row, sides, differs: sides.some((side) => side && side.change !== "same") };
    });
}

/** How many keys of a run were changed, added and removed, against the first run. */
export function countsOf(rows: readonly SideRow[], run: number): Record<Change, number> {
  const found = { same: 0, changed: 0, added: 0, removed: 0 };
  for (const { sides } of rows) {
    const change = sides[run]?.change;
    if (change) found[change] += 1;
  }
  return found;
}
