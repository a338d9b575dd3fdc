import { queryOptions, useQuery } from "@tanstack/react-query";
import { begins, both, contains, equals, field } from "../lib/filter";
import { call, callAlone } from "./client";
import { type Experiment, getExperiment, listRunKeys, searchExperiments } from "./schema.gen";
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

/** What is asked of the list of experiments; all of it stands in the address. */
export interface ExperimentsAsked {
  /** A text in their names. */
  readonly q?: string | undefined;
  /** The folder that they lie in, or in a folder of it; without the "/" at its end. */
  readonly folder?: string | undefined;
  /** The key and value of a tag that all have. */
  readonly tag?: readonly [string, string] | undefined;
  /** Archived ones instead of the others. */
  readonly view?: "archived" | undefined;
  /** The metric of which the best of each is shown. */
  readonly metric?: string | undefined;
}

/** All experiments that pass, the last changed first. */
export const experimentsListed = ({
  q = "",
  folder,
  tag,
  view,
}: ExperimentsAsked): Listed<Experiment> => ({
  key: ["experiments", "listed", { q, folder, tag, view }],
  read: async (asked, signal) => {
    const within = folder ? begins("name", `${folder}/`) : "";
    const tagged = tag ? equals(field("tags", tag[0]), tag[1]) : "";
    const request = {
      ...asked,
      filter: both(contains("name", q), both(within, tagged)),
      order_by: ["last_update_time DESC"],
      view_type: view ? ("DELETED_ONLY" as const) : ("ACTIVE_ONLY" as const),
    };
    const page = await callAlone(searchExperiments, request, signal);
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

const KEYS = 200; // metrics that are offered
const LOOKED = 50; // experiments whose metrics they are

/** The metrics that some experiments have, those of most runs first. */
export const metricsIn = (experiments: readonly string[]) =>
  queryOptions({
    queryKey: ["run keys", "metrics", experiments],
    queryFn: async ({ signal }) => {
      const experiment_ids = experiments.slice(0, LOOKED);
      const asked = { experiment_ids, kinds: ["metric" as const], limit: KEYS };
      return ((await call(listRunKeys, asked, signal)).keys ?? []).map(({ key }) => key);
    },
    staleTime: 60_000,
  });

export const useExperimentsNamed = (name: string, most: number) =>
  useQuery(experimentsNamed(name, most));
export const useExperiment = (id: string) => useQuery(experimentQuery(id));
