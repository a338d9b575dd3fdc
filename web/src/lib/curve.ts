import { bandOf, gridOf, type Points, type Spread } from "./bands";
import type { Curve } from "./chart";
import { type Mark, merged, type PlotData, type PlotLine } from "./plot";

/** A curve and how it looks. */
export interface Drawn {
  readonly curve: Curve;
  readonly name: string;
  /** What it stands for, the same in all charts. */
  readonly id?: string;
  readonly colour: string;
  readonly dash?: readonly number[] | undefined;
}

export interface Look {
  /** How much of the average before stays at each point, from 0 to below 1. */
  readonly smooth: number;
  readonly logX: boolean;
  readonly logY: boolean;
  /** Whether the extremes of buckets are drawn as a band. */
  readonly band: boolean;
}

type Column = (number | null)[];

/** The exponential moving average, without a pull to zero at the beginning; gaps stay gaps. */
export function smoothed(values: readonly (number | null)[], weight: number): Column {
  let average = 0;
  let share = 1;
  return values.map((value) => {
    if (value === null) return null;
    average = weight * average + (1 - weight) * value;
    share *= weight;
    return average / (1 - share);
  });
}

/** Lines for curves: the mean of each bucket, under it the values when they are smoothed. */
export function plotOf(drawn: readonly Drawn[], look: Look): PlotData {
  const parts = drawn.map((one) => linesOf(one, look));
  const [first] = parts;
  if (parts.length === 1 && first) return first;
  return merged(parts);
}

/** Curves that are drawn as one line with a band. */
export interface DrawnGroup extends Omit<Drawn, "curve"> {
  readonly curves: readonly Curve[];
}

/** A line for each group: the mean of its runs, and what is around it as a band. */
export function bandsOf(
  groups: readonly DrawnGroup[],
  look: Look & { spread: Spread; points: number; edges: readonly [string, string] },
): PlotData {
  const members = groups.map(({ curves, name, colour }) =>
    curves.map((curve): Points => {
      const { x, lines } = linesOf({ curve, name, colour }, { ...look, band: false });
      return { x, y: lines.at(-1)?.y ?? [] };
    }),
  );
  const grid = gridOf(members.flat(), look.points);
  const shown = (value: number | null) =>
    value !== null && look.logY && value <= 0 ? null : value;
  const lines = groups.map(({ name, id, colour, dash }, i): PlotLine => {
    const { mean, low, high } = bandOf(members[i] ?? [], grid, look.spread);
    // A mean less its deviation may have no logarithm where the runs have one.
    const floor = low.map((value, k) => shown(value) ?? shown(mean[k] ?? null));
    const band = [floor, high] as const;
    const same = { name, colour, ...(id === undefined ? {} : { id }), ...(dash ? { dash } : {}) };
    return { ...same, y: mean, band, edges: look.edges };
  });
  return { x: grid, lines };
}

function linesOf({ curve, name, id, colour, dash }: Drawn, look: Look): PlotData {
  const kept = look.logX ? places(curve.x, (x) => x > 0) : undefined;
  const column = (values: Float64Array): number[] =>
    kept ? kept.map((i) => values[i] as number) : Array.from(values);
  const shown = (value: number) => Number.isFinite(value) && !(look.logY && value <= 0);
  const finite = (values: Float64Array): Column =>
    column(values).map((value) => (shown(value) ? value : null));
  const x = column(curve.x);
  const last = column(curve.last);
  const nans = column(curve.nans);
  const low = column(curve.min);
  const high = column(curve.max);
  const y = column(curve.mean).map((mean, i) => {
    // With an infinity in it a bucket has no mean; its last value may still be one.
    const value = Number.isFinite(mean) ? mean : (last[i] as number);
    return shown(value) ? value : null;
  });
  const marks: Mark[] = [];
  for (const [i, at] of x.entries()) {
    if (nans[i]) marks.push({ x: at, kind: "nan" });
    if (high[i] === Number.POSITIVE_INFINITY) marks.push({ x: at, kind: "above" });
    if (low[i] === Number.NEGATIVE_INFINITY) marks.push({ x: at, kind: "below" });
  }
  const same = { name, colour, ...(id === undefined ? {} : { id }), ...(dash ? { dash } : {}) };
  const reduced = look.band && curve.count.some((n) => n > 1);
  const band: Pick<PlotLine, "band"> = reduced
    ? { band: [finite(curve.min), finite(curve.max)] }
    : {};
  if (!look.smooth) return { x, lines: [{ ...same, y, marks, ...band }] };
  const faint: PlotLine = { ...same, y, faint: true, ...band };
  return { x, lines: [faint, { ...same, y: smoothed(y, look.smooth), marks }] };
}

function places(values: Float64Array, wanted: (value: number) => boolean): number[] {
  const found: number[] = [];
  for (const [i, value] of values.entries()) if (wanted(value)) found.push(i);
  return found;
}
