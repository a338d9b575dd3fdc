import { queryOptions, useQuery } from "@tanstack/react-query";
import { call } from "./client";
import { getRunLineage, getVersionLineage } from "./schema.gen";

const MOST = 500; // things that are drawn

/** What a version comes from and what has come of it, so many steps far. */
const lineageOf = (name: string, version: string, depth: number) =>
  queryOptions({
    queryKey: ["lineage", "version", name, version, depth],
    queryFn: ({ signal }) =>
      call(getVersionLineage, { name, version, depth, max_nodes: MOST }, signal),
  });

/** The same of a run. */
const lineageOfRun = (run_id: string, depth: number) =>
  queryOptions({
    queryKey: ["lineage", "run", run_id, depth],
    queryFn: ({ signal }) => call(getRunLineage, { run_id, depth, max_nodes: MOST }, signal),
  });

export const useVersionLineage = (name: string, version: string, depth: number) =>
  useQuery(lineageOf(name, version, depth));
export const useRunLineage = (run: string, depth: number) => useQuery(lineageOfRun(run, depth));
