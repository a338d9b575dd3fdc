import { queryOptions } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { CHART, type Curve, extended, readChart } from "../lib/chart";
import { gather } from "../lib/gather";
import { toNumber } from "../lib/number";
import { allOf, callBytes, follow } from "./client";
import { queries } from "./queries";
import { metricKeys } from "./runs";
import { getMetricSeries, type MetricTail, type NewPoints } from "./schema.gen";

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
const SOON = 1000; // milliseconds that charts wait for their stream

/** One metric of some runs, reduced by the server to what the chart can show. */
export const seriesQuery = (ask: SeriesAsk) =>
  queryOptions({
    queryKey: ["series", ask] as const,
    queryFn: ({ queryKey: [, ask], signal }) =>
      new Promise<Curve[]>((done, failed) => take({ ask, signal, done, failed })),
    staleTime: 60_000,
    structuralSharing: false,
    placeholderData: (before: Curve[] | undefined, query) => {
      const asked = query?.queryKey[1];
      const same = asked?.x === ask.x && asked.xKey === ask.xKey && asked.key === ask.key;
      return same ? before : undefined;
    },
  });

interface Waiting {
  readonly ask: SeriesAsk;
  readonly signal: AbortSignal;
  readonly done: (curves: Curve[]) => void;
  readonly failed: (problem: unknown) => void;
}

const MOST_CELLS = 100_000; // buckets of an answer to several charts; of one there may be more

const take = gather<Waiting>((all) => {
  const alike = new Map<string, Waiting[]>();
  for (const one of all) {
    const { key, ...rest } = one.ask;
    const about = JSON.stringify(rest);
    alike.set(about, [...(alike.get(about) ?? []), one]);
  }
  for (const some of alike.values()) {
    const { runs, points } = (some[0] as Waiting).ask;
    const each = Math.max(1, Math.floor(MOST_CELLS / (runs.length * points)));
    for (let i = 0; i < some.length; i += each) void read(some.slice(i, i + each));
  }
});

/** Read charts that differ in their metric only. */
async function read(charts: readonly Waiting[]): Promise<void> {
  await begun(charts.map(({ ask }) => ask));
  for (const { signal, failed } of charts) if (signal.aborted) failed(signal.reason);
  const wanted = charts.filter(({ signal }) => !signal.aborted);
  const ask = wanted[0]?.ask;
  if (!ask) return;
  const { runs, x, xKey, range, points } = ask;
  const against = xKey === undefined ? {} : { x_key: xKey };
  const keys = wanted.map(({ ask }) => ask.key);
  const asked = { run_ids: [...runs], keys, x, ...against, points, ...bounds(range) };
  try {
    const curves = readChart(await callBytes(getMetricSeries, asked, CHART, allOf(wanted)));
    for (const { ask, done } of wanted) done(curves.filter(({ key }) => key === ask.key));
  } catch (problem) {
    for (const { failed } of wanted) failed(problem);
  }
}

/** Streams that are about to begin, by the runs that they follow. */
const beginnings = new Map<ReadonlyMap<string, number>, Promise<void>>();
/** Charts that are read when these have begun, and so are not older than they. */
const held = new Set<SeriesAsk>();

async function begun(charts: readonly SeriesAsk[]): Promise<void> {
  const mine = [...beginnings].filter(([runs]) => charts[0]?.runs.some((id) => runs.has(id)));
  for (const chart of charts) held.add(chart);
  await Promise.all(mine.map(([, begins]) => begins));
  for (const chart of charts) held.delete(chart);
}

/** Let charts of runs wait until a stream has begun, or does not soon; returns what says that. */
function beginning(runs: ReadonlyMap<string, number>): () => void {
  let over = () => {};
  const begins = new Promise<void>((done) => {
    const timer = setTimeout(() => over(), SOON);
    over = () => {
      clearTimeout(timer);
      beginnings.delete(runs);
      done();
    };
  });
  beginnings.set(runs, begins);
  return () => over();
}

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
  const fresh = useRef(true);
  useEffect(() => {
    const [runs, keys] = JSON.parse(followed) as [LiveRun[], string[]];
    if (!runs.length) return;
    const starts = new Map(runs.map(({ id, start }) => [id, start]));
    const begun = fresh.current ? beginning(starts) : () => {};
    let stop: AbortController | undefined;
    const look = () => {
      stop?.abort();
      stop = undefined;
      if (document.visibilityState !== "visible") return begun();
      stop = new AbortController();
      void keepFollowing(starts, keys, stop.signal, begun);
    };
    const timer = setTimeout(look, fresh.current ? 0 : SETTLE);
    fresh.current = false;
    document.addEventListener("visibilitychange", look);
    return () => {
      begun();
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", look);
      stop?.abort();
    };
  }, [followed]);
}

async function keepFollowing(
  runs: ReadonlyMap<string, number>,
  keys: string[],
  signal: AbortSignal,
  begun: () => void,
) {
  const query = [
    ...[...runs.keys()].map((id) => ["run_ids", id] as const),
    ...keys.map((key) => ["keys", key] as const),
  ];
  while (!signal.aborted) {
    try {
      const take = (message: { data: string }) => tell(JSON.parse(message.data), runs);
      // What came between the charts' answers and the stream's first word is read anew.
      await follow("metrics/stream", query, take, signal, () => {
        again(runs);
        begun();
      });
    } catch {
      // Cut, refused or stopped: the charts have what they had, and say themselves what failed.
    }
    begun();
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
  for (const { queryKey } of asked(runs))
    if (!held.has(queryKey[1] as SeriesAsk)) void queries.invalidateQueries({ queryKey });
}

function tell(tail: MetricTail, starts: ReadonlyMap<string, number>): void {
  for (const points of tail.series ?? []) {
    const start = starts.get(points.run_id);
    if (start === undefined) continue;
    const keys = queries.getQueryData<string[]>(metricKeys(points.run_id));
    if (keys && !keys.includes(points.key)) {
      const queryKey = ["run", points.run_id];
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
