import { short } from "./number";
import { type Axis, saidOf, valueAt } from "./runAxes";

/** How the values of some runs lie: quartiles, whiskers, and the runs beyond them. */
export interface Box {
  readonly name: string;
  /** The runs, by their values. */
  readonly runs: readonly number[];
  readonly low: number;
  readonly q1: number;
  readonly median: number;
  readonly q3: number;
  readonly high: number;
  /** Runs farther from the box than one and a half times its height. */
  readonly outliers: readonly number[];
}

const MOST = 40; // groups
const MOST_NUMBERS = 12; // different numbers that are a group each
const BINS = 8;

/** A box of y for each value of x, or for each part of x where it has many. */
export function boxesOf(x: Axis, y: Axis): Box[] {
  const groups = new Map<number, number[]>();
  const binned = !x.texts && new Set(x.values.filter((v) => !Number.isNaN(v))).size > MOST_NUMBERS;
  for (const [run, value] of y.values.entries()) {
    const at = x.values[run] as number;
    if (Number.isNaN(value) || Number.isNaN(at)) continue;
    const group = binned ? binOf(x, at) : at;
    const members = groups.get(group);
    if (members) members.push(run);
    else groups.set(group, [run]);
  }
  return [...groups]
    .sort(([a], [b]) => a - b)
    .slice(0, MOST)
    .map(([group, runs]) => {
      const edges = [group, group + 1].map((i) =>
        short(Number(valueAt(x, i / BINS).toPrecision(3))),
      );
      return boxOf(binned ? edges.join(" – ") : saidOf(x, group), runs, y);
    });
}

function binOf(x: Axis, value: number): number {
  const place = x.log
    ? Math.log(value / x.low) / Math.log(x.high / x.low)
    : (value - x.low) / (x.high - x.low);
  return Math.min(Math.floor(place * BINS), BINS - 1);
}

function boxOf(name: string, members: readonly number[], y: Axis): Box {
  const value = (run: number) => y.values[run] as number;
  const runs = [...members].sort((a, b) => value(a) - value(b));
  const at = (share: number) => {
    const place = share * (runs.length - 1);
    const [below, above] = [runs[Math.floor(place)] as number, runs[Math.ceil(place)] as number];
    return value(below) + (value(above) - value(below)) * (place - Math.floor(place));
  };
  const [q1, median, q3] = [at(0.25), at(0.5), at(0.75)];
  const reach = 1.5 * (q3 - q1);
  const inside = runs.filter((run) => value(run) >= q1 - reach && value(run) <= q3 + reach);
  const [low, high] = [value(inside[0] as number), value(inside.at(-1) as number)];
  const outliers = runs.filter((run) => value(run) < low || value(run) > high);
  return { name, runs, low, q1, median, q3, high, outliers };
}
