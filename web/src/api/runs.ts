import { queryOptions, useQuery } from "@tanstack/react-query";
import { literal } from "../lib/filter";
import { call } from "./client";
import {
  getLease,
  getRunOverview,
  getRunTree,
  listRunValues,
  type Param,
  type Run,
  searchLoggedModels,
  searchRuns,
} from "./schema.gen";

/** Some runs, without windows: what runs now, what began last. */
export const runsWhere = (experiments: readonly string[], filter: string, most: number) =>
  queryOptions({
    queryKey: ["runs", "where", experiments, filter, most],
    queryFn: async ({ signal }) => {
      const order_by = ["attributes.start_time DESC"];
      const experiment_ids = [...experiments];
      const asked = { experiment_ids, filter, order_by, max_results: most };
      return (await call(searchRuns, asked, signal)).runs ?? [];
    },
    enabled: experiments.length > 0,
  });

const GROWS = 3000; // milliseconds between two looks at a run that goes on
const FIRST = 2000; // metrics, and params, that are read with a run
const BEGINNING = 200; // characters of a param

/** A run with the first of its metrics and params, by their keys, and how many it has. */
export interface ShownRun extends Run {
  readonly metrics: number;
  /** How many of them are of the computer. */
  readonly systemMetrics: number;
  readonly params: number;
  readonly lastStep: number;
  /** Keys of the params of which only the beginning is there. */
  readonly cut: readonly string[];
}

export const runQuery = (id: string) =>
  queryOptions({
    queryKey: ["run", id],
    queryFn: async ({ signal }): Promise<ShownRun> => {
      const asked = { run_id: id, max_items: FIRST, max_text: BEGINNING };
      const found = await call(getRunOverview, asked, signal);
      const { run, metrics = 0, system_metrics = 0, params = 0, last_step = 0, cut = [] } = found;
      return { ...run, metrics, systemMetrics: system_metrics, params, lastStep: last_step, cut };
    },
  });

const valuesOf = (
  run_id: string,
  kind: "metric" | "param",
  find: string,
  max_items: number,
  signal: AbortSignal,
) => call(listRunValues, { run_id, kind, find, max_items, max_text: BEGINNING }, signal);

type Ask = { readonly signal: AbortSignal };

/** Finds metrics of a run by their keys, where not all were read with it. */
export const findMetrics = (run_id: string, live: boolean) => (part: string, most: number) => ({
  queryKey: ["run", run_id, "metrics", part, most],
  queryFn: async ({ signal }: Ask) => {
    const { count, metrics = [] } = await valuesOf(run_id, "metric", part, most, signal);
    return { count, items: metrics };
  },
  refetchInterval: live ? GROWS : (false as const),
});

export interface ShownParam extends Param {
  /** Whether this is the beginning only. */
  readonly cut: boolean;
}

/** Params, each with whether it was cut. */
export function shownParams(params: readonly Param[] = [], cut: readonly string[] = []) {
  const begun = new Set(cut);
  return params.map((param): ShownParam => ({ ...param, cut: begun.has(param.key) }));
}

/** Finds params, likewise. */
export const findParams = (run_id: string) => (part: string, most: number) => ({
  queryKey: ["run", run_id, "params", part, most],
  queryFn: async ({ signal }: Ask) => {
    const { count, params, cut } = await valuesOf(run_id, "param", part, most, signal);
    return { count, items: shownParams(params, cut) };
  },
});

/** A param of a run, whole. */
export async function wholeParam(run_id: string, key: string): Promise<string> {
  const { params = [] } = await call(listRunValues, { run_id, kind: "param", key });
  return params[0]?.value ?? "";
}

const MOST_KEYS = 100_000;

export const metricKeys = (run_id: string) => ["run", run_id, "metric keys"] as const;

/** The keys of all metrics of a run, which come to be while it goes on. */
export const useMetricKeys = (run_id: string, live: boolean) =>
  useQuery({
    queryKey: metricKeys(run_id),
    queryFn: async ({ signal }) => {
      const asked = { run_id, kind: "metric", only_keys: true, max_items: MOST_KEYS } as const;
      return (await call(listRunValues, asked, signal)).keys ?? [];
    },
    refetchInterval: live ? GROWS : false,
  });

/** A run; its metrics are read anew while it goes on, for they are no events. */
export const useRun = (id: string) =>
  useQuery({
    ...runQuery(id),
    refetchInterval: ({ state }) => (state.data?.info.status === "RUNNING" ? GROWS : false),
  });

const MOST_MODELS = 1000;

/**
 * The ids of the models that a run has logged: those that it names as its outputs, as clients do
 * when a model is ready, and those that name it as their source.
 */
export function useLoggedModels(run: Run | undefined): readonly string[] {
  const { run_id = "", experiment_id = "" } = run?.info ?? {};
  const found = useQuery({
    queryKey: ["run", run_id, "logged models"],
    queryFn: async ({ signal }) => {
      const filter = `source_run_id = ${literal(run_id)}`;
      const asked = { experiment_ids: [experiment_id], filter, max_results: MOST_MODELS };
      const { models = [] } = await call(searchLoggedModels, asked, signal);
      return models.map(({ info }) => info.model_id);
    },
    enabled: run !== undefined,
  }).data;
  const outputs = (run?.outputs?.model_outputs ?? []).map(({ model_id }) => model_id);
  return [...new Set([...outputs, ...(found ?? [])])];
}

/** The runs nested in a run, the nearest first. */
export const treeOf = (id: string) =>
  queryOptions({
    queryKey: ["nested", id],
    queryFn: async ({ signal }) => (await call(getRunTree, { run_id: id }, signal)).tree,
  });

const ALIVE = 3000; // milliseconds between two looks at what a process says

/** When a run's process was last heard of, and the last lines of its output. */
export const useLease = (id: string, live: boolean) =>
  useQuery({
    queryKey: ["lease", id],
    queryFn: async ({ signal }) => (await call(getLease, { run_id: id }, signal)).lease,
    refetchInterval: live ? ALIVE : false,
  });
