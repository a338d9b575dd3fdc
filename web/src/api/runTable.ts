import { keepPreviousData, queryOptions, useQueries, useQuery } from "@tanstack/react-query";
import { useCallback, useRef, useState } from "react";
import { ATTRIBUTES, type RunRow, rowsOf } from "../lib/table";
import { call } from "./client";
import { queries } from "./queries";
import {
  checkSearch,
  completeSearch,
  listRunKeys,
  type RunTable,
  searchRunTable,
} from "./schema.gen";

/** A question about runs. */
export interface RunQuery {
  readonly experiments: readonly string[];
  readonly filter: string;
  readonly order: readonly string[];
  /** What is read of each run besides its attributes, as fields of the search language. */
  readonly columns: readonly string[];
}

/** The rows of a question, wherever one looks; the grid says what is on screen. */
export interface RunRows {
  /** How many there are in all. */
  readonly total: number;
  /** The columns that the rows have. */
  readonly columns: readonly string[];
  readonly rowAt: (index: number) => RunRow | undefined;
  readonly onRange: (first: number, last: number) => void;
  readonly isPending: boolean;
  /** Whether the rows are those of an earlier question. */
  readonly isOld: boolean;
  readonly error: Error | null;
  readonly refetch: () => void;
}

const WINDOW = 200;
const AT_MOST = 10; // windows that are read for one screen

const windowQuery = (asked: RunQuery, at: number) =>
  queryOptions({
    queryKey: ["runs", "window", asked, at],
    queryFn: async ({ signal }) => {
      const { experiments, filter, order, columns } = asked;
      const request = {
        experiment_ids: [...experiments],
        filter,
        order_by: [...order],
        columns: [...ATTRIBUTES, ...columns],
      };
      const rows: RunRow[] = [];
      // A page may be shorter than asked for; its token goes on.
      let page: { offset: number } | { page_token: string } = { offset: at * WINDOW };
      for (;;) {
        const limit = WINDOW - rows.length;
        const table: RunTable = await call(searchRunTable, { ...request, ...page, limit }, signal);
        rows.push(...rowsOf(table));
        if (!table.next_page_token || rows.length >= WINDOW) return rows;
        page = { page_token: table.next_page_token };
      }
    },
    structuralSharing: false,
  });

const totalQuery = ({ experiments, filter }: Pick<RunQuery, "experiments" | "filter">) =>
  queryOptions({
    queryKey: ["runs", "total", experiments, filter],
    queryFn: async ({ signal }) => {
      const asked = { experiment_ids: [...experiments], filter, columns: ["run_id"] };
      const table = await call(searchRunTable, { ...asked, limit: 1, total: true }, signal);
      return table.total ?? 0;
    },
  });

/** Runs in windows of 200 by their places, read where the grid is; undefined asks for nothing. */
export function useRunRows(asked: RunQuery | undefined): RunRows {
  const question = asked ?? NOTHING;
  const { experiments, filter, order } = question;
  const about = JSON.stringify([experiments, filter, order]);
  const latest = useRef(about);
  latest.current = about;
  // Where the grid was for another question says nothing about this one.
  const [range, setRange] = useState({ about, first: 0, last: 0 });
  const { first, last } = range.about === about ? range : { first: 0, last: 0 };
  const enabled = asked !== undefined;
  const total = useQuery({ ...totalQuery(question), enabled });
  const number = Math.min(last - first + 1, AT_MOST);
  const windows = useQueries({
    queries: Array.from({ length: number }, (_, i) => ({
      ...windowQuery(question, first + i),
      enabled,
    })),
  });
  const ready =
    enabled && total.data !== undefined && windows.every((one) => one.data !== undefined);
  // What was shown stays until the next question is answered, and when it is refused.
  const shown = useRef<{ asked: RunQuery; total: number } | undefined>(undefined);
  const same = shown.current && isSame(shown.current.asked, question);
  if (ready || (same && total.data !== undefined)) {
    shown.current = { asked: question, total: total.data ?? 0 };
  }
  const now = shown.current;
  const key = JSON.stringify([now?.asked, windows.map((one) => one.dataUpdatedAt)]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key says what has come
  const rowAt = useCallback(
    (index: number) => {
      if (!now) return undefined;
      const { queryKey } = windowQuery(now.asked, Math.floor(index / WINDOW));
      return queries.getQueryData<RunRow[]>(queryKey)?.[index % WINDOW];
    },
    [key],
  );
  const onRange = useCallback((from: number, to: number) => {
    const about = latest.current;
    const next = { about, first: Math.floor(from / WINDOW), last: Math.floor(to / WINDOW) };
    setRange((old) => (JSON.stringify(old) === JSON.stringify(next) ? old : next));
  }, []);
  const error = windows.find((one) => one.error)?.error ?? total.error;
  return {
    total: now?.total ?? 0,
    columns: now?.asked.columns ?? NOTHING.columns,
    rowAt,
    onRange,
    isPending: !now && !error,
    isOld: now !== undefined && !isSame({ ...now.asked, columns: question.columns }, question),
    error,
    refetch: () => void queries.invalidateQueries({ queryKey: ["runs"] }),
  };
}

const NOTHING: RunQuery = { experiments: [], filter: "", order: [], columns: [] };

const isSame = (a: RunQuery, b: RunQuery) => JSON.stringify(a) === JSON.stringify(b);

/** Metrics and params of an experiment's runs: those that vary, or all with a text in them. */
export const runKeys = (
  experiments: readonly string[],
  varying: boolean,
  contains: string,
  most: number,
) =>
  queryOptions({
    queryKey: ["run keys", experiments, varying, contains, most],
    queryFn: ({ signal }) => {
      const experiment_ids = [...experiments];
      return call(listRunKeys, { experiment_ids, varying, contains, limit: most }, signal);
    },
    // Reading the keys of many runs is work; the first ones are waited for all the same.
    staleTime: 60_000,
    refetchInterval: ({ state }) => (state.data?.keys?.length ? 60_000 : 3_000),
    placeholderData: keepPreviousData,
  });

/** How a filter can go on at the cursor. */
export const completions = (experiments: readonly string[], text: string, cursor: number) =>
  queryOptions({
    queryKey: ["completions", experiments, text, cursor],
    queryFn: ({ signal }) => {
      const experiment_ids = [...experiments];
      return call(completeSearch, { experiment_ids, text, cursor, limit: 50 }, signal);
    },
    staleTime: 30_000,
    retry: false,
  });

/** What is wrong with a filter. */
export const checkOf = (filter: string) =>
  queryOptions({
    queryKey: ["check", filter],
    queryFn: ({ signal }) => call(checkSearch, { filter }, signal),
    enabled: filter !== "",
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
