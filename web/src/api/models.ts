import { queryOptions, useQuery } from "@tanstack/react-query";
import { both, contains, equals, field } from "../lib/filter";
import { readSort } from "../lib/search";
import { call } from "./client";
import {
  getModelPolicy,
  getRegisteredModel,
  type RegisteredModel,
  searchRegisteredModels,
} from "./schema.gen";
import type { Listed } from "./windows";

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

const ORDERS: Record<string, string> = { name: "name", changed: "last_updated_timestamp" };

/** All models with a text in their names, and with a tag when one is given, in an order. */
export const modelsListed = (
  name: string,
  tag: readonly [string, string] | undefined,
  sort: string,
): Listed<RegisteredModel> => ({
  key: ["models", "listed", name, tag, sort],
  read: async (asked, signal) => {
    const tagged = tag ? equals(field("tags", tag[0]), tag[1]) : "";
    const filter = both(contains("name", name), tagged);
    const by = readSort(sort);
    const known = by && ORDERS[by.key];
    const order_by = known ? [`${known} ${by.descending ? "DESC" : "ASC"}`] : [];
    const page = await call(searchRegisteredModels, { ...asked, filter, order_by }, signal);
    return { rows: page.registered_models ?? [], total: page.total ?? 0 };
  },
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
