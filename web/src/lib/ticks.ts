/** A scale from values to a part of the screen. */
export interface Scale {
  readonly at: (value: number) => number;
  readonly ticks: readonly number[];
}

/** Round places for lines across a chart, about as many as asked for. */
export function ticks(low: number, high: number, most: number): number[] {
  const span = high - low;
  if (!(span > 0) || most < 1) return [low];
  const rough = span / most;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5, 10].find((n) => n * power >= rough) ?? 10) * power;
  const found: number[] = [];
  for (let i = Math.ceil(low / step); i * step <= high; i += 1) {
    found.push(Number((i * step).toPrecision(12)));
  }
  return found;
}

/** A linear or logarithmic scale around values, with a little room at both ends. */
export function scaleOf(
  values: readonly number[],
  [from, to]: readonly [number, number],
  log: boolean,
  most: number,
): Scale {
  const write = log ? Math.log10 : (value: number) => value;
  const written = values.map(write).filter(Number.isFinite);
  let low = Math.min(...written);
  let high = Math.max(...written);
  if (!written.length) [low, high] = [0, 1];
  const room = (high - low) * 0.06 || Math.abs(high) * 0.1 || 1;
  low -= room;
  high += room;
  const at = (value: number) => from + ((write(value) - low) / (high - low)) * (to - from);
  if (!log) return { at, ticks: ticks(low, high, most) };
  const powers = ticks(Math.ceil(low), Math.floor(high), most).filter(Number.isInteger);
  const round = powers.map((power) => 10 ** power);
  return { at, ticks: round.length > 1 ? round : ticks(10 ** low, 10 ** high, most) };
}
