import { field, literal } from "./filter";
import { short } from "./number";

/** What many runs have for one param or metric. */
export interface Axis {
  /** A field of the search language, such as `metrics.loss`. */
  readonly field: string;
  readonly kind: "metrics" | "params" | "tags";
  readonly key: string;
  /** A number of each run, or the place of its text; NaN where it has none. */
  readonly values: Float64Array;
  /** The texts in order, where the values are not all numbers. */
  readonly texts: readonly string[] | undefined;
  readonly low: number;
  readonly high: number;
  readonly log: boolean;
}

/** Part of an axis: from one number to another, or some texts. */
export type Brush = readonly [number, number] | readonly string[];
export type Brushes = Readonly<Record<string, Brush>>;

const WIDE = 1000; // times the least value, from which an axis of its own accord is logarithmic
const order = new Intl.Collator("en", { numeric: true });

/** An axis for the values of a field; `flipped` turns its scale from linear to log, or back. */
export function axisOf(
  kind: Axis["kind"],
  key: string,
  cells: readonly (number | string | undefined)[],
  flipped: boolean,
): Axis {
  const name = field(kind, key);
  const numbers = cells.map((cell) =>
    cell === undefined || cell === "" ? Number.NaN : Number(cell),
  );
  const lacking = (i: number) => cells[i] === undefined || cells[i] === "" || cells[i] === "NaN";
  const numeric = numbers.every((n, i) => !Number.isNaN(n) || lacking(i) || kind === "metrics");
  if (!numeric) {
    const texts = [
      ...new Set(cells.filter((cell) => cell !== undefined).map((cell) => String(cell))),
    ].sort(order.compare);
    const places = new Map(texts.map((text, i) => [text, i]));
    const values = Float64Array.from(cells, (cell) =>
      cell === undefined ? Number.NaN : (places.get(String(cell)) as number),
    );
    const high = texts.length - 1;
    return { field: name, kind, key, values, texts, low: 0, high, log: false };
  }
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const n of numbers) {
    if (!Number.isFinite(n)) continue;
    if (n < low) low = n;
    if (n > high) high = n;
  }
  if (low > high) [low, high] = [0, 1];
  const wide = low > 0 && high / low >= WIDE;
  const log = low > 0 && wide !== flipped;
  const values = Float64Array.from(numbers, (n) => (Number.isFinite(n) ? n : Number.NaN));
  return { field: name, kind, key, values, texts: undefined, low, high, log };
}

/** Where a value lies on its axis, from 0 to 1. */
export function share({ low, high, log }: Axis, value: number): number {
  if (low === high) return 0.5;
  if (!log) return (value - low) / (high - low);
  return Math.log(value / low) / Math.log(high / low);
}

/** The value at a place of an axis. */
export function valueAt({ low, high, log }: Axis, place: number): number {
  return log ? low * (high / low) ** place : low + (high - low) * place;
}

/** A value as it is read. */
export function saidOf(axis: Axis, value: number): string {
  if (Number.isNaN(value)) return "–";
  return axis.texts ? (axis.texts[value] ?? "–") : short(value);
}

/** Whether each run lies within all brushes. */
export function within(axes: readonly Axis[], brushes: Brushes, count: number): Uint8Array {
  const found = new Uint8Array(count).fill(1);
  for (const axis of axes) {
    const brush = brushes[axis.field];
    if (!brush) continue;
    const chosen = axis.texts && new Set(brush.map(String));
    const [from, to] = brush as readonly [number, number];
    for (let i = 0; i < count; i += 1) {
      const value = axis.values[i] as number;
      const inside = chosen ? chosen.has(axis.texts?.[value] ?? "") : value >= from && value <= to;
      if (!inside) found[i] = 0;
    }
  }
  return found;
}

/** The brushes as a filter of the search language; what has no axis is left out. */
export function filterOf(axes: readonly Axis[], brushes: Brushes): string {
  const parts = axes.flatMap((axis) => {
    const brush = brushes[axis.field];
    if (!brush) return [];
    if (axis.texts)
      return [`${axis.field} IN (${brush.map((text) => literal(String(text))).join(", ")})`];
    const name = axis.kind === "metrics" ? axis.field : `number(${axis.field})`;
    return [`${name} BETWEEN ${brush[0]} AND ${brush[1]}`];
  });
  return parts.join(" AND ");
}

/** Brushes of an address, read without trust. */
export function readBrushes(value: unknown): Brushes | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  const found = Object.entries(value).filter(([, brush]) => isBrush(brush)) as [string, Brush][];
  return found.length ? Object.fromEntries(found.slice(0, 20)) : undefined;
}

function isBrush(brush: unknown): brush is Brush {
  if (!Array.isArray(brush) || !brush.length) return false;
  if (brush.every((part) => typeof part === "string")) return true;
  const [from, to, more] = brush as unknown[];
  const finite = (n: unknown): n is number => typeof n === "number" && Number.isFinite(n);
  return more === undefined && finite(from) && finite(to) && from <= to;
}
