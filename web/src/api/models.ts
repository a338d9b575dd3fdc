import { queryOptions, useQuery } from "@tanstack/react-query";
import { contains } from "../lib/filter";
import { call } from "./client";
import { getModelPolicy, getRegisteredModel, searchRegisteredModels } from "./schema.gen";

/** Models with a text in their names, the last changed first. */
export const modelsNamed = (name: string, most: number) =>
  queryOptions({
    queryKey: ["models", "named", name, most],
    queryFn: ({ signal }) =>
      call(
        searchRegisteredModels,
        {
          filter: contains("name", name),
          max_results: most,
          order_by: ["last_updated_timestamp DESC"],
        },
        signal,
      ),
  });

export const modelQuery = (name: string) =>
  queryOptions({
    queryKey: ["model", name],
    queryFn: async ({ signal }) =>
      (await call(getRegisteredModel, { name }, signal)).registered_model,
  });

/** The stages that a model has, in their order, and what a move into each needs. */
export const policyQuery = (name: string) =>
  queryOptions({
    queryKey: ["policy", name],
    queryFn: async ({ signal }) => (await call(getModelPolicy, { name }, signal)).policy_version,
  });

export const useModelsNamed = (name: string, most: number) => useQuery(modelsNamed(name, most));
export const useModel = (name: string) => useQuery(modelQuery(name));
export const usePolicy = (name: string) => useQuery(policyQuery(name));
