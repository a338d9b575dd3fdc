import { queryOptions, useQuery } from "@tanstack/react-query";
import { contains } from "../lib/filter";
import { call } from "./client";
import { type Experiment, getExperiment, searchExperiments } from "./schema.gen";
import type { Listed } from "./windows";

/** Experiments with a text in their names, the last changed first. */
export const experimentsNamed = (name: string, most: number) =>
  queryOptions({
    queryKey: ["experiments", "named", name, most],
    queryFn: ({ signal }) =>
      call(
        searchExperiments,
        {
          filter: contains("name", name),
          max_results: most,
          order_by: ["last_update_time DESC"],
        },
        signal,
      ),
  });

/** All experiments with a text in their names, the last changed first. */
export const experimentsListed = (name: string): Listed<Experiment> => ({
  key: ["experiments", "listed", name],
  read: async (asked, signal) => {
    const filter = contains("name", name);
    const order_by = ["last_update_time DESC"];
    const page = await call(searchExperiments, { ...asked, filter, order_by }, signal);
    return { rows: page.experiments ?? [], total: page.total ?? 0 };
  },
});

export const experimentQuery = (id: string) =>
  queryOptions({
    queryKey: ["experiment", id],
    queryFn: async ({ signal }) =>
      (await call(getExperiment, { experiment_id: id }, signal)).experiment,
    enabled: id !== "",
  });

export const useExperimentsNamed = (name: string, most: number) =>
  useQuery(experimentsNamed(name, most));
export const useExperiment = (id: string) => useQuery(experimentQuery(id));
