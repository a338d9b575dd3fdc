import { queryOptions } from "@tanstack/react-query";
import { isBegun, isWhole, SOME } from "../lib/runIds";
import { ApiError, call, MOST } from "./client";
import { getRun, type Run, type RunNames, resolveRunIds, searchRuns } from "./schema.gen";

/** The most runs that are compared. */
export const MOST_COMPARED = 100;

/** Runs that were asked for by their ids. */
export interface FoundRuns {
  /** Each once, in the order asked for. */
  readonly runs: readonly Run[];
  /** What was asked for and is not there, or is not the reader's. */
  readonly missing: readonly string[];
  /** What was asked for and begins the ids of several runs. */
  readonly unclear: readonly string[];
  /** Run -> how an address of many runs names it, where that is known. */
  readonly short: ReadonlyMap<string, string>;
}

/**
 * Runs by their ids, or the first digits of them.
 *
 * One call finds them where few whole ids are asked for.
 *
 * @param experiments where they are, if that is known.
 */
export const runsById = (ids: readonly string[], experiments: readonly string[]) =>
  queryOptions<FoundRuns>({
    queryKey: ["runs", "by id", ids, experiments],
    queryFn: async ({ signal }) => {
      if (!experiments.length && ids.length <= MOST && ids.every(isWhole)) {
        const each = await Promise.all(ids.map((id) => oneOrNone(id, signal)));
        return inOrder(
          ids,
          undefined,
          each.flatMap((run) => run ?? []),
        );
      }
      const names = await namesOf(ids, experiments, signal);
      const whole = names ? (names.runs ?? []).map((name) => name.run_id) : ids.filter(isWhole);
      const homes = names ? (names.runs ?? []).map((name) => name.experiment_id) : experiments;
      return inOrder(ids, names, await searchById(whole, homes, signal));
    },
    enabled: ids.length > 0,
    // After one was left out, or they are in another order, nothing is new.
    placeholderData: (before) => {
      if (!before) return undefined;
      const known = new Map(before.runs.map((run) => [run.info.run_id, run]));
      for (const [id, short] of before.short) known.set(short, known.get(id) as Run);
      const runs = ids.flatMap((id) => known.get(id) ?? []);
      return runs.length === ids.length ? { ...before, runs, missing: [], unclear: [] } : undefined;
    },
  });

/** Which runs are meant, where only the server can say. */
async function namesOf(
  ids: readonly string[],
  experiments: readonly string[],
  signal: AbortSignal,
): Promise<RunNames | undefined> {
  const few = ids.length <= SOME && ids.every((id) => isWhole(id) || !isBegun(id));
  if (few && experiments.length) return undefined;
  const asked = ids.filter(isBegun);
  return asked.length ? call(resolveRunIds, { ids: asked }, signal) : {};
}

async function searchById(
  ids: readonly string[],
  experiments: readonly string[],
  signal: AbortSignal,
): Promise<readonly Run[]> {
  if (!ids.length) return [];
  const asked = {
    experiment_ids: [...new Set(experiments)],
    filter: `attributes.run_id IN (${ids.map((id) => `'${id}'`).join(", ")})`,
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

function inOrder(
  ids: readonly string[],
  names: RunNames | undefined,
  found: readonly Run[],
): FoundRuns {
  const runs = new Map(found.map((run) => [run.info.run_id, run]));
  const whole = new Map((names?.runs ?? []).map(({ asked, run_id }) => [asked, run_id]));
  const of = (id: string) => runs.get(whole.get(id) ?? id);
  const unclear = names?.unclear ?? [];
  return {
    runs: [...new Set(ids.flatMap((id) => of(id) ?? []))],
    missing: ids.filter((id) => !of(id) && !unclear.includes(id)),
    unclear,
    short: new Map((names?.runs ?? []).map(({ run_id, short }) => [run_id, short])),
  };
}
