import { queryOptions } from "@tanstack/react-query";
import { ApiError, call } from "./client";
import { getRun, type Run, searchRuns } from "./schema.gen";

/** The most runs that are compared. */
export const MOST_COMPARED = 100;

/** Runs by their ids in the order of the ids, in one call where their experiments are known. */
export const runsById = (ids: readonly string[], experiments: readonly string[]) =>
  queryOptions<Run[]>({
    queryKey: ["runs", "by id", ids, experiments],
    queryFn: async ({ signal }) => {
      const found = await (experiments.length
        ? searchById(ids, experiments, signal)
        : Promise.all(ids.map((id) => oneOrNone(id, signal))));
      return inOrder(ids, found);
    },
    enabled: ids.length > 0,
    // After one was left out, or they are in another order, nothing is new.
    placeholderData: (before) => {
      const known = before && inOrder(ids, before);
      return known?.length === ids.length ? known : undefined;
    },
  });

function inOrder(ids: readonly string[], found: readonly (Run | undefined)[]): Run[] {
  const runs = new Map(found.flatMap((run) => (run ? [[run.info.run_id, run]] : [])));
  return ids.flatMap((id) => runs.get(id) ?? []);
}

async function searchById(
  ids: readonly string[],
  experiments: readonly string[],
  signal: AbortSignal,
) {
  const listed = ids.map((id) => `'${id.replaceAll("'", "")}'`).join(", ");
  const asked = {
    experiment_ids: [...experiments],
    filter: `attributes.run_id IN (${listed})`,
    run_view_type: "ALL" as const,
    max_results: ids.length,
  };
  return (await call(searchRuns, asked, signal)).runs ?? [];
}

async function oneOrNone(id: string, signal: AbortSignal) {
  try {
    return (await call(getRun, { run_id: id }, signal)).run;
  } catch (problem) {
    const gone = problem instanceof ApiError && [400, 403, 404].includes(problem.status);
    if (gone) return undefined;
    throw problem;
  }
}
