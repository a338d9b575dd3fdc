import { queryOptions, useQuery } from "@tanstack/react-query";
import { call } from "./client";
import { listDeployments } from "./schema.gen";

const MOST = 1000; // places that are read

/** Where a version runs, as the registry was told, the last that was told first. */
const deploymentsOf = (name: string, version: string) =>
  queryOptions({
    queryKey: ["version", "deployments", name, version],
    queryFn: async ({ signal }) =>
      (await call(listDeployments, { name, version, max_results: MOST }, signal)).deployments ?? [],
  });

export const useDeploymentsOf = (name: string, version: string) =>
  useQuery(deploymentsOf(name, version));
