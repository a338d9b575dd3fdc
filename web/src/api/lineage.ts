import { queryOptions, useQuery } from "@tanstack/react-query";
import { call } from "./client";
import { getRunLineage, getVersionLineage } from "./schema.gen";

const MOST = 500; // things that are drawn

/** What is in the middle of a lineage. */
export type LineageOf =
  | { readonly run: string }
  | { readonly name: string; readonly version: string };

/** What a run or a version comes from and what has come of it, so many steps far. */
const lineageOf = (of: LineageOf, depth: number) =>
  queryOptions({
    queryKey: ["lineage", of, depth],
    queryFn: ({ signal }) => {
      const asked = { depth, max_nodes: MOST };
      return "run" in of
        ? call(getRunLineage, { run_id: of.run, ...asked }, signal)
        : call(getVersionLineage, { ...of, ...asked }, signal);
    },
  });

export const useLineage = (of: LineageOf, depth: number) => useQuery(lineageOf(of, depth));
