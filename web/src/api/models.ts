import { queryOptions, useQuery } from "@tanstack/react-query";
import { begins, both, contains, equals, field } from "../lib/filter";
import { readSort } from "../lib/search";
import { call, callAlone } from "./client";
import {
  getModelPolicy,
  getRegisteredModel,
  type ModelOverview,
  searchModelOverviews,
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

/** What is asked of the list of models; all of it stands in the address. */
export interface ModelsAsked {
  /** A text in their names. */
  readonly q?: string | undefined;
  /** The folder that they lie in, or in a folder of it; without the "/" at its end. */
  readonly folder?: string | undefined;
  /** The key and value of a tag that all have. */
  readonly tag?: readonly [string, string] | undefined;
  /** A stage that they have a version in. */
  readonly stage?: string | undefined;
  readonly owner?: string | undefined;
  /** The metric that is shown; one that a policy names, or the first, when absent. */
  readonly metric?: string | undefined;
}

/** All models that pass, at a glance, in an order. */
export const modelsListed = (asked: ModelsAsked, sort: string): Listed<ModelOverview> => ({
  key: ["models", "listed", asked, sort],
  read: async (window, signal) => {
    const { q = "", folder, tag, stage = "", owner = "", metric = "" } = asked;
    const tagged = tag ? equals(field("tags", tag[0]), tag[1]) : "";
    const within = folder
      ? `(${equals("folder", folder)} OR ${begins("folder", `${folder}/`)})`
      : "";
    const filter = both(contains("name", q), both(within, tagged));
    const by = readSort(sort);
    const known = by && ORDERS[by.key];
    const order_by = known ? [`${known} ${by.descending ? "DESC" : "ASC"}`] : [];
    const said = { filter, order_by, stage, owner, metric };
    const page = await callAlone(searchModelOverviews, { ...window, ...said }, signal);
    return { rows: page.models ?? [], total: page.total ?? 0 };
  },
});

/** The owners that models have, and the stages that versions are in. */
const modelChoices = queryOptions({
  queryKey: ["models", "choices"],
  queryFn: async ({ signal }) => {
    const page = await call(searchModelOverviews, { max_results: 1, choices: true }, signal);
    return { owners: page.owners ?? [], stages: page.stages ?? [] };
  },
});

export const useModelChoices = () => useQuery(modelChoices);

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

export const useModelsNamed = (name: string, most: number, enabled = true) =>
  useQuery({ ...modelsNamed(name, most), enabled });
export const useModel = (name: string) => useQuery(modelQuery(name));
export const usePolicy = (name: string) => useQuery(policyQuery(name));
