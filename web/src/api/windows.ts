import { queryOptions, useQueries, useQuery } from "@tanstack/react-query";
import { useCallback, useRef, useState } from "react";
import { queries } from "./queries";

/** A question about many things of one kind. */
export interface Listed<Row> {
  /** What tells it from other questions; the first part is a noun of live.ts. */
  readonly key: readonly unknown[];
  /** Read things by their places, and with `total` how many there are in all. */
  readonly read: (asked: Asked, signal: AbortSignal) => Promise<Found<Row>>;
}

interface Asked {
  readonly offset: number;
  readonly max_results: number;
  readonly total: boolean;
}

interface Found<Row> {
  readonly rows: readonly Row[];
  readonly total: number;
}

/** The things of a question, wherever one looks; the grid says what is on screen. */
export interface Windows<Row> {
  readonly total: number;
  readonly rowAt: (index: number) => Row | undefined;
  readonly onRange: (first: number, last: number) => void;
  readonly isPending: boolean;
  /** Whether the rows are those of an earlier question. */
  readonly isOld: boolean;
  readonly error: Error | null;
  readonly refetch: () => void;
}

const WINDOW = 200;
const AT_MOST = 10; // windows that are read for one screen

const windowQuery = <Row>({ key, read }: Listed<Row>, at: number) =>
  queryOptions({
    queryKey: [...key, "window", at],
    queryFn: ({ signal }) =>
      read({ offset: at * WINDOW, max_results: WINDOW, total: true }, signal),
  });

/** How many there are. */
export const countQuery = <Row>({ key, read }: Listed<Row>) =>
  queryOptions({
    queryKey: [...key, "count"],
    queryFn: async ({ signal }) =>
      (await read({ offset: 0, max_results: 1, total: true }, signal)).total,
  });

/** Things in windows of 200 by their places; what was shown stays until the next answer. */
export function useWindows<Row>(asked: Listed<Row>): Windows<Row> {
  const about = JSON.stringify(asked.key);
  const latest = useRef(about);
  latest.current = about;
  const [range, setRange] = useState({ about, first: 0, last: 0 });
  const { first, last } = range.about === about ? range : { first: 0, last: 0 };
  const begin = useQuery(windowQuery(asked, 0));
  const length = Math.min(last - first + 1, AT_MOST);
  const windows = useQueries({
    queries: Array.from({ length }, (_, i) => windowQuery(asked, first + i)),
  });
  const shown = useRef<{ asked: Listed<Row>; total: number } | undefined>(undefined);
  if (begin.data) shown.current = { asked, total: begin.data.total };
  const now = shown.current;
  const key = JSON.stringify([now?.asked.key, windows.map((one) => one.dataUpdatedAt)]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key says what has come
  const rowAt = useCallback(
    (index: number): Row | undefined => {
      if (!now) return undefined;
      const { queryKey } = windowQuery(now.asked, Math.floor(index / WINDOW));
      return queries.getQueryData<Found<Row>>(queryKey)?.rows[index % WINDOW];
    },
    [key],
  );
  const onRange = useCallback((from: number, to: number) => {
    const about = latest.current;
    const next = { about, first: Math.floor(from / WINDOW), last: Math.floor(to / WINDOW) };
    setRange((old) => (JSON.stringify(old) === JSON.stringify(next) ? old : next));
  }, []);
  return {
    total: now?.total ?? 0,
    rowAt,
    onRange,
    isPending: !now && !begin.error,
    isOld: now !== undefined && JSON.stringify(now.asked.key) !== about,
    error: begin.error ?? windows.find((one) => one.error)?.error ?? null,
    refetch: () => void queries.invalidateQueries({ queryKey: [asked.key[0]] }),
  };
}
