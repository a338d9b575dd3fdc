import type { RunsChanged } from "../api/schema.gen";

/** What became of many runs; those that were not tried are in neither number. */
export interface Outcome {
  readonly done: readonly string[];
  readonly refused: number;
  /** Why the first that was refused was. */
  readonly why: string | undefined;
}

/** Do something with many runs, some at a time; a refused part holds up none of the others. */
export async function inParts(
  ids: readonly string[],
  most: number,
  work: (ids: string[]) => Promise<RunsChanged>,
  onProgress: (tried: number) => void,
  signal: AbortSignal,
): Promise<Outcome> {
  const done: string[] = [];
  let refused = 0;
  let why: string | undefined;
  for (let first = 0; first < ids.length && !signal.aborted; first += most) {
    const some = ids.slice(first, first + most);
    try {
      const answer = await work(some);
      done.push(...(answer.run_ids ?? []));
      refused += answer.refused?.length ?? 0;
      why ??= answer.refused?.[0]?.message;
    } catch (problem) {
      refused += some.length;
      why ??= problem instanceof Error ? problem.message : undefined;
    }
    onProgress(first + some.length);
  }
  return { done, refused, why };
}
