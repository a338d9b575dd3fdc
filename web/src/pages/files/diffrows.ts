import type { PatchFile, PatchLine } from "./patch";
import { type Block, diffLines, linesOf } from "./textdiff";

/** A line of what is shown of a difference. */
export interface DiffRow {
  readonly kind: PatchLine["kind"] | "file" | "gap";
  readonly text: string;
  readonly before?: number | undefined;
  readonly after?: number | undefined;
  /** Which stretch of equal lines is left out here. */
  readonly gap?: number;
}

const AROUND = 3; // equal lines that stay beside what differs
const LEAST = 8; // equal lines that are worth leaving out

/** The rows of a patch, each file below its name. */
export function rowsOfPatch(files: readonly PatchFile[]): DiffRow[] {
  return files.flatMap(({ name, lines, removed, added }): DiffRow[] => {
    const text = name ? `${name}  +${added} −${removed}` : "";
    return [...(text ? [{ kind: "file" as const, text }] : []), ...lines];
  });
}

/** What two texts have and have not in common. */
export interface TextDiff {
  readonly before: readonly string[];
  readonly after: readonly string[];
  readonly blocks: readonly Block[];
}

export function textDiff(before: string, after: string): TextDiff {
  const [a, b] = [linesOf(before), linesOf(after)];
  return { before: a, after: b, blocks: diffLines(a, b) };
}

/**
 * The rows of a difference; long stretches of equal lines are left out.
 *
 * @param opened the stretches that are shown all the same, by their places.
 */
export function rowsOfDiff(found: TextDiff, opened: ReadonlySet<number>): DiffRow[] {
  const rows: DiffRow[] = [];
  const last = found.blocks.length - 1;
  for (const [i, { same, a, b }] of found.blocks.entries()) {
    if (!same) {
      for (let at = a[0]; at < a[1]; at += 1) {
        rows.push({ kind: "removed", text: found.before[at] ?? "", before: at + 1 });
      }
      for (let at = b[0]; at < b[1]; at += 1) {
        rows.push({ kind: "added", text: found.after[at] ?? "", after: at + 1 });
      }
      continue;
    }
    const length = a[1] - a[0];
    const head = i === 0 ? 0 : AROUND;
    const tail = i === last ? 0 : AROUND;
    const whole = opened.has(i) || length < head + tail + LEAST;
    for (let at = 0; at < length; at += 1) {
      if (!whole && at === head) {
        const left = length - head - tail;
        rows.push({ kind: "gap", text: String(left), gap: i });
        at += left - 1;
        continue;
      }
      const text = found.before[a[0] + at] ?? "";
      rows.push({ kind: "same", text, before: a[0] + at + 1, after: b[0] + at + 1 });
    }
  }
  return rows;
}

/** Two rows beside each other: what was, and what is. */
export type Pair = readonly [DiffRow | undefined, DiffRow | undefined];

/** Put what was taken away beside what came in its place. */
export function sideBySide(rows: readonly DiffRow[]): Pair[] {
  const pairs: Pair[] = [];
  for (let at = 0; at < rows.length; ) {
    const row = rows[at] as DiffRow;
    if (row.kind !== "removed" && row.kind !== "added") {
      pairs.push([row, row]);
      at += 1;
      continue;
    }
    const gone: DiffRow[] = [];
    const come: DiffRow[] = [];
    for (; rows[at]?.kind === "removed"; at += 1) gone.push(rows[at] as DiffRow);
    for (; rows[at]?.kind === "added"; at += 1) come.push(rows[at] as DiffRow);
    for (let i = 0; i < Math.max(gone.length, come.length); i += 1) pairs.push([gone[i], come[i]]);
  }
  return pairs;
}
