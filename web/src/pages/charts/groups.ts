import type { Curve } from "../../lib/chart";
import { strokesOf } from "../../lib/colour";
import type { DrawnGroup } from "../../lib/curve";
import { groupId } from "../../state/lit";
import type { ChartRun } from "./MetricChart";

/** Runs that have the same value of a param or tag. */
export interface RunGroup {
  readonly value: string;
  readonly runs: readonly ChartRun[];
  readonly colour: string;
  readonly dash: readonly number[] | undefined;
}

const MOST_VALUES = 40; // of a field, so that its groups can be told apart

/** The params and tags by which the runs can be grouped: two values or more, and not one for each. */
export function groupings(runs: readonly ChartRun[]): string[] {
  const found = new Map<string, Set<string>>();
  for (const { fields } of runs) {
    for (const [field, value] of fields ?? []) {
      const values = found.get(field);
      if (values) values.add(value);
      else found.set(field, new Set([value]));
    }
  }
  return [...found]
    .filter(([, { size }]) => size > 1 && size < runs.length && size <= MOST_VALUES)
    .map(([field]) => field)
    .sort();
}

const order = new Intl.Collator("en");

/** Numbers by their size, texts by the alphabet. */
function compare(a: string, b: string): number {
  const away = Number(a) - Number(b);
  return Number.isNaN(away) ? order.compare(a, b) : away;
}

/** The runs in groups by a field, those without it last; a value has its colour wherever it is. */
export function groupsBy(runs: readonly ChartRun[], field: string, none: string): RunGroup[] {
  const found = new Map<string, ChartRun[]>();
  const without: ChartRun[] = [];
  for (const run of runs) {
    const value = run.fields?.get(field);
    if (value === undefined) without.push(run);
    else found.set(value, [...(found.get(value) ?? []), run]);
  }
  const sorted = [...found].sort(([a], [b]) => compare(a, b));
  if (without.length) sorted.push([none, without]);
  const strokes = strokesOf(sorted.map(([value]) => value));
  return sorted.map(([value, members]) => {
    const { colour = "--run-0", dash } = strokes.get(value) ?? {};
    return { value, runs: members, colour, dash };
  });
}

/** The curves of the groups, each with its look. */
export function drawnGroups(groups: readonly RunGroup[], curves: readonly Curve[]): DrawnGroup[] {
  return groups.flatMap(({ value, runs, colour, dash }) => {
    const ids = new Set(runs.map((run) => run.id));
    const own = curves.filter((curve) => ids.has(curve.run_id));
    return own.length ? [{ name: value, id: groupId(value), colour, dash, curves: own }] : [];
  });
}
