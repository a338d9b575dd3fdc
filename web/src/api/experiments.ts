import { queryOptions, useQuery } from "@tanstack/react-query";
import { contains } from "../lib/filter";
import { call } from "./client";
import { getExperiment, searchExperiments } from "./schema.gen";

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

export const experimentQuery = (id: string) =>
  queryOptions({
    queryKey: ["experiment", id],
    queryFn: async ({ signal }) =>
      (await call(getExperiment, { experiment_id: id }, signal)).experiment,
  });

export const useExperimentsNamed = (name: string, most: number) =>
  useQuery(experimentsNamed(name, most));
export const useExperiment = (id: string) => useQuery(experimentQuery(id));
