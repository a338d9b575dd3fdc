import { queryOptions } from "@tanstack/react-query";
import { useEffect } from "react";
import { CHART, type Curve, extended, readChart } from "../lib/chart";
import { toNumber } from "../lib/number";
import { callBytes, follow } from "./client";
import { queries } from "./queries";
import { getMetricSeries, type MetricTail, type NewPoints, type Run } from "./schema.gen";

export type XAxis = "step" | "time" | "relative" | "metric";
export type Range = readonly [number, number];

/** A question for one metric of some runs. */
export interface SeriesAsk {
  readonly runs: readonly string[];
  readonly key: string;
  readonly x: XAxis;
  /** The metric of the x axis, where it is one. */
  readonly xKey: string | undefined;
  /** The part of x that is shown; all when absent. */
  readonly range: Range | undefined;
  /** Most buckets of a series: what the chart is wide. */
  readonly points: number;
}

const MARGIN = 0.05; // of the range, asked for beyond its ends so that lines reach the edges
const AGAIN = 3000; // milliseconds until a cut stream is followed again
const MOST_FOLLOWED = 1000; // metrics
const SETTLE = 300; // milliseconds until a change of what is followed counts

/** One metric of some runs, reduced by the server to what the chart can show. */
export const seriesQuery = (ask: SeriesAsk) =>
  queryOptions({
    queryKey: ["series", ask] as const,
    queryFn: async ({ signal }) => {
      const { runs, key, x, xKey, range, points } = ask;
      const against = xKey === undefined ? {} : { x_key: xKey };
      const asked = { run_ids: [...runs], keys: [key], x, ...against, points, ...bounds(range) };
      return readChart(await callBytes(getMetricSeries, asked, CHART, signal));
    },
    staleTime: 60_000,
    structuralSharing: false,
    placeholderData: (before: Curve[] | undefined, query) => {
      const asked = query?.queryKey[1];
      const same = asked?.x === ask.x && asked.xKey === ask.xKey && asked.key === ask.key;
      return same ? before : undefined;
    },
  });

function bounds(range: Range | undefined) {
  if (!range) return {};
  const margin = (range[1] - range[0]) * MARGIN;
  return { start: range[0] - margin, end: range[1] + margin };
}

/** A run that goes on, and when it began. */
export interface LiveRun {
  readonly id: string;
  readonly start: number;
}

/** Draw points as they are logged, while the page is visible; `keys` are all when it is empty. */
export function useLiveSeries(runs: readonly LiveRun[], keys: readonly string[]): void {
  const followed = JSON.stringify([runs, keys.slice(0, MOST_FOLLOWED)]);
  useEffect(() => {
    const [runs, keys] = JSON.parse(followed) as [LiveRun[], string[]];
    if (!runs.length) return;
    let stop: AbortController | undefined;
    const look = () => {
      stop?.abort();
      stop = undefined;
      if (document.visibilityState !== "visible") return;
      stop = new AbortController();
      void keepFollowing(runs, keys, stop.signal);
    };
    const timer = setTimeout(look, SETTLE);
    document.addEventListener("visibilitychange", look);
    return () => {
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", look);
      stop?.abort();
    };
  }, [followed]);
}

async function keepFollowing(runs: LiveRun[], keys: string[], signal: AbortSignal) {
  const starts = new Map(runs.map(({ id, start }) => [id, start]));
  const query = [
    ...runs.map(({ id }) => ["run_ids", id] as const),
    ...keys.map((key) => ["keys", key] as const),
  ];
  while (!signal.aborted) {
    try {
      const take = (message: { data: string }) => tell(JSON.parse(message.data), starts);
      // What came between the charts' answers and the stream's first word is read anew.
      await follow("metrics/stream", query, take, signal, () => again(starts));
    } catch {
      // Cut, refused or stopped: the charts have what they had, and say themselves what failed.
    }
    await new Promise((done) => setTimeout(done, AGAIN));
  }
}

/** The questions that are asked on the page, about one of some runs. */
function asked(runs: ReadonlyMap<string, number>, key?: string) {
  const found = queries.getQueryCache().findAll({ queryKey: ["series"], type: "active" });
  return found.filter((query) => {
    const ask = query.queryKey[1] as SeriesAsk;
    const about = key === undefined || ask.key === key || ask.xKey === key;
    return about && ask.runs.some((id) => runs.has(id));
  });
}

function again(runs: ReadonlyMap<string, number>): void {
  for (const id of runs.keys()) void queries.invalidateQueries({ queryKey: ["run", id] });
  for (const { queryKey } of asked(runs)) void queries.invalidateQueries({ queryKey });
}

function tell(tail: MetricTail, starts: ReadonlyMap<string, number>): void {
  for (const points of tail.series ?? []) {
    const start = starts.get(points.run_id);
    if (start === undefined) continue;
    const queryKey = ["run", points.run_id];
    const run = queries.getQueryData<Run>(queryKey);
    if (run && !run.data.metrics?.some((metric) => metric.key === points.key)) {
      void queries.invalidateQueries({ queryKey }, { cancelRefetch: false });
    }
    for (const { queryKey } of asked(new Map([[points.run_id, start]]), points.key)) {
      const old = queries.getQueryData<Curve[]>(queryKey);
      const next = old && withPoints(old, queryKey[1] as SeriesAsk, points, start);
      if (next) queries.setQueryData(queryKey, next);
      else void queries.invalidateQueries({ queryKey }, { cancelRefetch: false });
    }
  }
  for (const { run_id } of tail.runs ?? []) {
    again(new Map([[run_id, 0]]));
  }
}

/** The curves with new points at their ends; undefined when the server must be asked anew. */
function withPoints(
  curves: Curve[],
  ask: SeriesAsk,
  points: NewPoints,
  start: number,
): Curve[] | undefined {
  const at = curves.findIndex((c) => c.run_id === points.run_id);
  const curve = curves[at];
  // Where a point lies on another metric only the server knows.
  if (points.gap || !curve || ask.x === "metric") return undefined;
  // Beyond twice what the chart is wide, the server reduces anew.
  if (curve.x.length > 2 * ask.points) return undefined;
  const times = points.timestamps ?? [];
  const x = ask.x === "step" ? (points.steps ?? []) : times;
  const places = ask.x === "relative" ? x.map((time) => time - start) : x;
  const end = ask.range?.[1] ?? Number.POSITIVE_INFINITY;
  if (places.every((place) => place > end)) return curves;
  const more = extended(curve, places, (points.values ?? []).map(toNumber));
  return more && curves.with(at, more);
}
