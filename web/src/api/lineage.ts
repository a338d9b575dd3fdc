import { queryOptions, useQuery } from "@tanstack/react-query";
import { call } from "./client";
import { getVersionLineage } from "./schema.gen";

const MOST = 500; // things that are drawn

/** What a version comes from and what has come of it, so many steps far. */
const lineageOf = (name: string, version: string, depth: number) =>
  queryOptions({
    queryKey: ["version", "lineage", name, version, depth],
    queryFn: ({ signal }) =>
      call(getVersionLineage, { name, version, depth, max_nodes: MOST }, signal),
  });

export const useLineage = (name: string, version: string, depth: number) =>
  useQuery(lineageOf(name, version, depth));
