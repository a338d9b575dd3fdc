/** Points of one run, in the order of x; a gap has no value. */
export interface Points {
  readonly x: readonly number[];
  readonly y: readonly (number | null)[];
}

/** What a group of runs has at each place: the mean of those that reach it, and what is around. */
export interface Band {
  readonly mean: (number | null)[];
  readonly low: (number | null)[];
  readonly high: (number | null)[];
}

/** Standard deviation around the mean, or least and greatest. */
export const SPREADS = ["sd", "range"] as const;
export type Spread = (typeof SPREADS)[number];

/** Places for several lines: all that any of them has, or evenly many where these are too many. */
export function gridOf(lines: readonly Points[], most: number): number[] {
  const all = [...new Set(lines.flatMap((line) => [...line.x]))].sort((a, b) => a - b);
  const [low, high] = [all[0], all.at(-1)];
  if (all.length <= most || low === undefined || high === undefined) return all;
  return Array.from({ length: most }, (_, i) => low + ((high - low) * i) / (most - 1));
}

/** The mean and what is around it; between its points a line is straight, beyond them it is not. */
export function bandOf(lines: readonly Points[], grid: readonly number[], spread: Spread): Band {
  const columns = lines.map((line) => at(line, grid));
  const band: Band = { mean: [], low: [], high: [] };
  for (const i of grid.keys()) {
    const values = columns.flatMap((column) => column[i] ?? []);
    if (!values.length) {
      for (const column of [band.mean, band.low, band.high]) column.push(null);
      continue;
    }
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
    const sd = values.length > 1 ? Math.sqrt(squares / (values.length - 1)) : 0;
    band.mean.push(mean);
    band.low.push(spread === "sd" ? mean - sd : Math.min(...values));
    band.high.push(spread === "sd" ? mean + sd : Math.max(...values));
  }
  return band;
}

function at({ x, y }: Points, grid: readonly number[]): (number | null)[] {
  const places: number[] = [];
  const values: number[] = [];
  for (const [i, value] of y.entries()) {
    if (value === null) continue;
    places.push(x[i] as number);
    values.push(value);
  }
  let next = 0;
  return grid.map((place) => {
    while (next < places.length && (places[next] as number) < place) next += 1;
    const [after, value] = [places[next], values[next]];
    if (after === undefined || value === undefined) return null;
    if (after === place) return value;
    const [before, from] = [places[next - 1], values[next - 1]];
    if (before === undefined || from === undefined) return null;
    return from + ((value - from) * (place - before)) / (after - before);
  });
}

/** The range of most values, so that a few far away do not flatten the others; see Tukey's fences. */
export function withoutOutliers(values: readonly number[]): readonly [number, number] | undefined {
  const sorted = values.filter(Number.isFinite).sort((a, b) => a - b);
  if (sorted.length < 4) return undefined;
  const of = (share: number) => sorted[Math.round(share * (sorted.length - 1))] as number;
  const [low, high] = [of(0.05), of(0.95)];
  const room = (high - low) * 0.25 || Math.abs(high) * 0.1 || 1;
  return [
    Math.max(low - room, sorted[0] as number),
    Math.min(high + room, sorted.at(-1) as number),
  ];
}
