import { keepPreviousData, queryOptions, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useCallback, useMemo, useRef } from "react";
import { call } from "./client";
import { getRun, type Run, searchRuns } from "./schema.gen";

/** A question about runs. */
export interface RunQuery {
  readonly experiments: readonly string[];
  readonly filter: string;
  readonly order: readonly string[];
}

/** The rows of a question, wherever one looks; the grid says what is on screen. */
export interface RunRows {
  /** Rows that the grid shows, loaded or not. */
  readonly count: number;
  /** How many there are in all; undefined while that is not known. */
  readonly total: number | undefined;
  readonly loaded: readonly Run[];
  readonly rowAt: (index: number) => Run | undefined;
  readonly onRange: (first: number, last: number) => void;
  readonly isPending: boolean;
  /** Whether the rows are those of an earlier question. */
  readonly isOld: boolean;
  readonly error: Error | null;
  readonly refetch: () => void;
}

const WINDOW = 200;
const NONE: readonly Run[] = [];

/** Runs in windows of 200, fetched as the grid comes to them. */
export function useRunRows({ experiments, filter, order }: RunQuery): RunRows {
  const query = useInfiniteQuery({
    queryKey: ["runs", "rows", experiments, filter, order],
    queryFn: ({ signal, pageParam }) =>
      call(
        searchRuns,
        {
          experiment_ids: [...experiments],
          filter,
          order_by: [...order],
          max_results: WINDOW,
          page_token: pageParam,
        },
        signal,
      ),
    initialPageParam: "",
    getNextPageParam: (page) => page.next_page_token || undefined,
    placeholderData: keepPreviousData,
  });
  const { hasNextPage, isFetching, fetchNextPage } = query;
  // What was shown stays when the next question is refused.
  const shown = useRef(query.data);
  if (query.data) shown.current = query.data;
  const data = query.data ?? (query.isError ? shown.current : undefined);
  const loaded = useMemo(() => data?.pages.flatMap((page) => page.runs ?? []) ?? NONE, [data]);
  const rowAt = useCallback((index: number) => loaded[index], [loaded]);
  const onRange = useCallback(
    (_: number, last: number) => {
      if (hasNextPage && !isFetching && last >= loaded.length - WINDOW / 2) void fetchNextPage();
    },
    [hasNextPage, isFetching, fetchNextPage, loaded.length],
  );
  return {
    count: loaded.length + (hasNextPage ? WINDOW : 0),
    total: hasNextPage || !data ? undefined : loaded.length,
    loaded,
    rowAt,
    onRange,
    isPending: query.isPending,
    isOld: query.isPlaceholderData || (query.isError && data !== undefined),
    error: query.error,
    refetch: () => void query.refetch(),
  };
}

/** Some runs, without windows: what runs now, what began last. */
export const runsWhere = (experiments: readonly string[], filter: string, most: number) =>
  queryOptions({
    queryKey: ["runs", "where", experiments, filter, most],
    queryFn: async ({ signal }) => {
      const order_by = ["attributes.start_time DESC"];
      const experiment_ids = [...experiments];
      const asked = { experiment_ids, filter, order_by, max_results: most };
      return (await call(searchRuns, asked, signal)).runs ?? [];
    },
    enabled: experiments.length > 0,
  });

export const runQuery = (id: string) =>
  queryOptions({
    queryKey: ["run", id],
    queryFn: async ({ signal }) => (await call(getRun, { run_id: id }, signal)).run,
  });

export const useRun = (id: string) => useQuery(runQuery(id));
