import type { VersionComparison } from "../api/schema.gen";
import { bytes, short, toNumber } from "./number";

export const PARTS = [
  "metrics",
  "params",
  "signature",
  "packages",
  "data",
  "code",
  "files",
  "description",
  "tags",
] as const;
export type Part = (typeof PARTS)[number];

/** A value as it is shown, and in full. */
export interface Shown {
  readonly text: string;
  readonly full: string;
}

/** One thing of two versions; a side is undefined where it has none of it. */
export interface ChangeRow {
  readonly name: string;
  /** What sort of thing it is, where a part has several. */
  readonly kind: string;
  readonly before: Shown | undefined;
  readonly after: Shown | undefined;
  /** How far a number has moved; 0 where that says nothing. */
  readonly delta: number;
  /** Why callers of the first version break. */
  readonly breaks: string;
}

export type Change = "added" | "removed" | "changed" | "same";

export function changeOf({ before, after }: ChangeRow): Change {
  if (!before) return "added";
  if (!after) return "removed";
  return before.full === after.full ? "same" : "changed";
}

const DIGITS = 12; // of a digest

/** The rows of a part, in the order of the answer. */
export function rowsOf(found: VersionComparison, part: Part): ChangeRow[] {
  switch (part) {
    case "metrics":
      return (found.metrics ?? []).map(({ key, before, after, delta }) => ({
        ...row(key, number(before), number(after)),
        delta: toNumber(delta ?? 0),
      }));
    case "signature":
      return (found.signature ?? []).map(({ part: kind, name, before, after, breaks = "" }) => ({
        ...row(name, plain(before), plain(after)),
        kind,
        breaks,
      }));
    case "packages":
      return (found.packages ?? []).map(({ kind, name, before, after }) => ({
        ...row(name, plain(before, "any version"), plain(after, "any version")),
        kind,
      }));
    case "files":
      return (found.files ?? []).map(({ path, before, after, before_size, after_size }) =>
        row(path, file(before, before_size), file(after, after_size)),
      );
    case "description":
      return found.description
        ? [row("description", plain(found.description.before), plain(found.description.after))]
        : [];
    default:
      return (found[part] ?? []).map(({ key, before, after }) =>
        row(key, plain(before), plain(after)),
      );
  }
}

/** How many rows of a part differ, and how many of them break callers. */
export function countOf(found: VersionComparison, part: Part): { differ: number; break: number } {
  const rows = rowsOf(found, part);
  return {
    differ: rows.filter((one) => changeOf(one) !== "same").length,
    break: rows.filter((one) => one.breaks).length,
  };
}

/** How many things of a part are the same. */
export function sameOf(found: VersionComparison, part: Part): number {
  return found.same?.find((one) => one.part === part)?.count ?? 0;
}

function row(name: string, before: Shown | undefined, after: Shown | undefined): ChangeRow {
  return { name, kind: "", before, after, delta: 0, breaks: "" };
}

function plain(value: string | null | undefined, empty = ""): Shown | undefined {
  if (value === null || value === undefined) return undefined;
  return { text: value || empty, full: value };
}

function number(value: number | string | null | undefined): Shown | undefined {
  if (value === null || value === undefined) return undefined;
  return { text: short(value as number), full: String(value) };
}

function file(digest: string | null | undefined, size: number | null | undefined) {
  if (!digest) return undefined;
  return { text: `${digest.slice(0, DIGITS)} · ${bytes(size ?? 0)}`, full: digest };
}
