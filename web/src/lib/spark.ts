import type { Curve } from "./chart";

/** How a metric went, small: what is drawn, and its extremes. */
export interface Course {
  /** The `d` of an SVG path in a box; empty when there is no line to draw. */
  readonly path: string;
  readonly min: number | undefined;
  readonly max: number | undefined;
}

const EDGE = 1.5; // kept free on all sides, so that the line is not cut

/** Reduce a curve to the line of its means in a box; what is no number leaves a gap. */
export function courseOf(curve: Curve, width: number, height: number): Course {
  const min = extreme(curve.min, Math.min);
  const max = extreme(curve.max, Math.max);
  const first = curve.x[0] ?? 0;
  const span = (curve.x.at(-1) ?? 0) - first;
  if (min === undefined || max === undefined || !(span > 0)) return { path: "", min, max };
  const [low, high] = finite(curve.mean);
  const across = (x: number) => EDGE + ((x - first) / span) * (width - 2 * EDGE);
  const down = (y: number) =>
    high > low ? EDGE + ((high - y) / (high - low)) * (height - 2 * EDGE) : height / 2;
  let path = "";
  let pen = "M";
  for (const [i, y] of curve.mean.entries()) {
    if (!Number.isFinite(y)) {
      pen = "M";
      continue;
    }
    path += `${pen}${across(curve.x[i] as number).toFixed(1)} ${down(y).toFixed(1)}`;
    pen = "L";
  }
  return { path, min, max };
}

/** The extreme of the buckets that hold a number; buckets of NaN alone have none. */
function extreme(values: Float64Array, of: (a: number, b: number) => number): number | undefined {
  let found: number | undefined;
  for (const value of values) {
    if (!Number.isNaN(value)) found = found === undefined ? value : of(found, value);
  }
  return found;
}

function finite(values: Float64Array): readonly [number, number] {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return [low, high];
}
