import { queryOptions, useQuery } from "@tanstack/react-query";
import { call } from "./client";
import { getRun, searchRuns } from "./schema.gen";

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

export const useRun = (id: string) => useQuery(runQuery(id));
