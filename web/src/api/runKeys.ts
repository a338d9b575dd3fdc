import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { callAlone } from "./client";
import { listRunKeys } from "./schema.gen";

/** Keys among which the columns of a table are chosen. */
export const FEW_KEYS = 1000;

/**
 * Metrics and params of an experiment's runs: those that vary, or all with a text in them; `ask`
 * says whether they are read alone, or with what else is asked.
 */
export const runKeys = (
  experiments: readonly string[],
  varying: boolean,
  contains: string,
  most: number,
  ask = callAlone,
) =>
  queryOptions({
    queryKey: ["run keys", experiments, varying, contains, most],
    queryFn: ({ signal }) => {
      const experiment_ids = [...experiments];
      return ask(listRunKeys, { experiment_ids, varying, contains, limit: most }, signal);
    },
    // Reading the keys of many runs is work; the first ones are waited for all the same.
    staleTime: 60_000,
    refetchInterval: ({ state }) => (state.data?.keys?.length ? 60_000 : 3_000),
    placeholderData: keepPreviousData,
  });
