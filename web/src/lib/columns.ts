/** What of a metric's points a column shows: the latest, or one that a function finds. */
export const POINTS = ["last", "min", "max", "first", "best"] as const;
export type Point = (typeof POINTS)[number];

const FUNCTION = /^(min|max|first|best)\((metrics\..*)\)$/s;

/** The field that a column is about, and what of it is shown. */
export function readColumn(id: string): { base: string; point: Point } {
  const [, point = "last", base = id] = FUNCTION.exec(id) ?? [];
  return { base, point: point as Point };
}

/** The column that shows something of a metric. */
export const writeColumn = (base: string, point: Point) =>
  point === "last" ? base : `${point}(${base})`;

/** A list in which one stands at the place of another. */
export function moved<T>(all: readonly T[], from: number, to: number): T[] {
  const rest = all.filter((_, i) => i !== from);
  const place = Math.max(0, Math.min(to, rest.length));
  const one = all[from];
  return one === undefined ? [...all] : [...rest.slice(0, place), one, ...rest.slice(place)];
}
