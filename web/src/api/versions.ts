import { queryOptions, useMutation, useQuery } from "@tanstack/react-query";
import { literal } from "../lib/filter";
import { call, callAlone } from "./client";
import { queries } from "./queries";
import {
  compareVersions,
  createTransitionRequest,
  explainTransition,
  getModelVersion,
  getScoring,
  getStageHolder,
  listHoldings,
  rollbackStage,
  searchModelVersions,
  transitionStage,
} from "./schema.gen";

/** All versions of a model, the newest first. */
export const versionsOf = (name: string) =>
  queryOptions({
    queryKey: ["versions", "of", name],
    queryFn: async ({ signal }) => {
      const filter = `name = ${literal(name)}`;
      const order_by = ["version_number DESC"];
      return (await call(searchModelVersions, { filter, order_by }, signal)).model_versions ?? [];
    },
  });

/** The versions of any model that are in a stage. */
export const versionsIn = (stage: string, most: number) =>
  queryOptions({
    queryKey: ["versions", "in", stage, most],
    queryFn: async ({ signal }) => {
      const filter = `current_stage = ${literal(stage)}`;
      const answer = await call(searchModelVersions, { filter, max_results: most }, signal);
      return answer.model_versions ?? [];
    },
  });

export const versionQuery = (name: string, version: string) =>
  queryOptions({
    queryKey: ["version", name, version],
    queryFn: async ({ signal }) =>
      (await call(getModelVersion, { name, version }, signal)).model_version,
  });

/** Whether predictions of a version can be asked for through this server. */
export const scoringOf = (name: string, version: string) =>
  queryOptions({
    queryKey: ["scoring", name, version],
    queryFn: ({ signal }) => callAlone(getScoring, { name, version }, signal),
    staleTime: 60_000,
  });

/** Since when versions hold the stages of a model that they hold now. */
export const holdingsOf = (name: string) =>
  queryOptions({
    queryKey: ["versions", "holdings", name],
    queryFn: async ({ signal }) =>
      (await call(listHoldings, { name, max_results: 1000 }, signal)).holdings ?? [],
  });

/** What a version lacks for a stage besides a reason, which every dialog asks for. */
export const explanationOf = (name: string, version: string, stage: string) =>
  queryOptions({
    queryKey: ["requests", "explanation", name, version, stage],
    queryFn: ({ signal }) =>
      call(explainTransition, { name, version, stage, comment: "given" }, signal),
    enabled: version !== "",
    staleTime: 0,
  });

/** What has changed from one version to another; each is a number, `@alias` or a stage. */
export const comparisonOf = (name: string, before: string, after: string, everything = false) =>
  queryOptions({
    queryKey: ["version", "comparison", name, before, after, everything],
    queryFn: ({ signal }) => call(compareVersions, { name, before, after, everything }, signal),
    enabled: before !== "" && after !== "",
  });

/** The version in a stage, and the one that a rollback would bring back. */
export const holderOf = (name: string, stage: string) =>
  queryOptions({
    queryKey: ["version", "holder", name, stage],
    queryFn: ({ signal }) => call(getStageHolder, { name, stage }, signal),
    staleTime: 0,
  });

/** Who held a stage at a moment (milliseconds); asked only when there is one. */
export const useHolderAt = (name: string, stage: string, at: string) =>
  useQuery({
    queryKey: ["versions", "holder", name, stage, at],
    queryFn: ({ signal }) => call(getStageHolder, { name, stage, at }, signal),
    enabled: at !== "",
  });

export const useComparison = (name: string, before: string, after: string, everything = false) =>
  useQuery(comparisonOf(name, before, after, everything));
export const useHolder = (name: string, stage: string) => useQuery(holderOf(name, stage));
export const useVersionsOf = (name: string) => useQuery(versionsOf(name));
export const useVersion = (name: string, version: string) => useQuery(versionQuery(name, version));
export const useHoldingsOf = (name: string) => useQuery(holdingsOf(name));
export const useExplanation = (name: string, version: string, stage: string) =>
  useQuery(explanationOf(name, version, stage));

/** Ask again whatever a change to the registry may have made old. */
export const again = () =>
  queries.invalidateQueries({
    predicate: (q) =>
      ["model", "models", "version", "versions", "events", "requests"].includes(
        String(q.queryKey[0]),
      ),
  });

/** Move a version to a stage; the reason is its `comment`. */
export const useTransition = () =>
  useMutation({
    mutationFn: (move: Parameters<NonNullable<typeof transitionStage.types>>[0]) =>
      call(transitionStage, move),
    onSettled: again,
  });

/** Give a stage back to the version that held it before; the reason is the `comment`. */
export const useRollback = () =>
  useMutation({
    mutationFn: (asked: Parameters<NonNullable<typeof rollbackStage.types>>[0]) =>
      call(rollbackStage, asked),
    onSettled: again,
  });

/** Ask others to let a version move to a stage. */
export const useTransitionRequest = () =>
  useMutation({
    mutationFn: (asked: Parameters<NonNullable<typeof createTransitionRequest.types>>[0]) =>
      call(createTransitionRequest, asked),
    onSettled: again,
  });

/** The versions that were registered from a run. */
export const versionsOfRun = (runId: string) =>
  queryOptions({
    queryKey: ["versions", "of run", runId],
    queryFn: async ({ signal }) => {
      const filter = `run_id = ${literal(runId)}`;
      return (await call(searchModelVersions, { filter }, signal)).model_versions ?? [];
    },
  });
