import { queryOptions, useQueries } from "@tanstack/react-query";
import { useCallback, useMemo, useRef, useState } from "react";
import { call } from "./client";
import { type Experiment, type ExperimentOverview, getExperimentOverviews } from "./schema.gen";

/** An experiment, and how much goes on in it once that is known. */
export type SeenExperiment = Experiment & { readonly seen?: ExperimentOverview };

const GROUP = 50; // experiments that are asked for at once

const overviewsOf = (ids: readonly string[], until: number, metric: string) =>
  queryOptions({
    queryKey: ["runs", "overviews", ids, until, metric],
    queryFn: async ({ signal }) =>
      (await call(getExperimentOverviews, { experiment_ids: [...ids], until, metric }, signal))
        .experiments ?? [],
  });

/** The end of this day where the reader is, so that the last bar is today's. */
function endOfToday(): number {
  const day = new Date();
  return new Date(day.getFullYear(), day.getMonth(), day.getDate() + 1).getTime();
}

interface Seen {
  readonly rowAt: (index: number) => SeenExperiment | undefined;
  readonly onRange: (first: number, last: number) => void;
}

/**
 * Adds to experiments what goes on in them: to those on screen, after they are there.
 *
 * @param metric the metric of which the best is read, too; none when it is empty.
 */
export function useOverviews(
  rowAt: (index: number) => Experiment | undefined,
  onRange: (first: number, last: number) => void,
  metric: string,
): Seen {
  const [{ from, to }, setRange] = useState({ from: 0, to: 0 });
  const until = endOfToday();
  const groups = useMemo(() => {
    const found: string[][] = [];
    for (let group = from; group <= to; group += 1) {
      const rows = Array.from({ length: GROUP }, (_, i) => rowAt(group * GROUP + i));
      const ids = rows.flatMap((row) => (row ? [row.experiment_id] : []));
      if (ids.length) found.push(ids);
    }
    return found;
  }, [rowAt, from, to]);
  const answers = useQueries({ queries: groups.map((ids) => overviewsOf(ids, until, metric)) });
  // What is known of an experiment stays until the next answer about it.
  const known = useRef(new Map<string, ExperimentOverview>());
  const key = JSON.stringify(answers.map((one) => one.dataUpdatedAt));
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key says what has come
  const joined = useMemo(() => {
    for (const { data = [] } of answers) {
      for (const one of data) known.current.set(one.experiment_id, one);
    }
    return new WeakMap<Experiment, SeenExperiment>();
  }, [key]);
  const seenAt = useCallback(
    (index: number) => {
      const row = rowAt(index);
      const seen = row && known.current.get(row.experiment_id);
      if (!row || !seen) return row;
      const found = joined.get(row) ?? { ...row, seen };
      joined.set(row, found);
      return found;
    },
    [rowAt, joined],
  );
  const look = useCallback(
    (first: number, last: number) => {
      onRange(first, last);
      const next = { from: Math.floor(first / GROUP), to: Math.floor(last / GROUP) };
      setRange((old) => (old.from === next.from && old.to === next.to ? old : next));
    },
    [onRange],
  );
  return { rowAt: seenAt, onRange: look };
}
