import { queryOptions, useQuery } from "@tanstack/react-query";
import { literal } from "../lib/filter";
import { call } from "./client";
import {
  getLease,
  getRun,
  getRunTree,
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

export const runQuery = (id: string) =>
  queryOptions({
    queryKey: ["run", id],
    queryFn: async ({ signal }) => (await call(getRun, { run_id: id }, signal)).run,
  });

const GROWS = 3000; // milliseconds between two looks at a run that goes on

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
