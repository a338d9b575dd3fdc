import type { Piece } from "./highlight";

/** A piece of a line, and whether it is something that was looked for. */
export interface Marked extends Piece {
  readonly found: boolean;
}

/** Pieces of a line, cut where a text stands in it that was looked for, capitals or not. */
export function marked(pieces: readonly Piece[], wanted: string): Marked[] {
  const whole = pieces.map(({ text }) => text).join("");
  const lower = whole.toLowerCase();
  const plain = pieces.map((piece) => ({ ...piece, found: false }));
  // A few letters become two when they are made small; then no place says where they were.
  if (!wanted || lower.length !== whole.length || !lower.includes(wanted)) return plain;
  const parts: Marked[] = [];
  let start = 0; // of the piece, in the line
  let at = lower.indexOf(wanted);
  for (const { kind, text } of pieces) {
    let from = 0;
    while (from < text.length) {
      while (at >= 0 && at + wanted.length <= start + from) {
        at = lower.indexOf(wanted, at + wanted.length);
      }
      const found = at >= 0 && at <= start + from;
      const end = at < 0 ? text.length : (found ? at + wanted.length : at) - start;
      const to = Math.min(end, text.length);
      parts.push({ kind, text: text.slice(from, to), found });
      from = to;
    }
    start += text.length;
  }
  return parts;
}

/** The lines of a text. */
export const linesOf = (text: string) => text.replace(/\r?\n$/, "").split(/\r?\n/);

/** The lines that have a text, capitals or not, by their places; the first ones, if they are many. */
export function linesWith(lines: readonly string[], wanted: string, most: number): number[] {
  const found: number[] = [];
  if (!wanted) return found;
  for (const [i, one] of lines.entries()) {
    if (one.toLowerCase().includes(wanted)) found.push(i);
    if (found.length >= most) break;
  }
  return found;
}
