import { useInfiniteQuery } from "@tanstack/react-query";
import { useEffect, useMemo } from "react";
import { call } from "./client";
import { type ScanBlock, scanRunFile } from "./schema.gen";

/** What is known of a file that was looked through, so far. */
export interface Scan {
  /** Parts of about a megabyte, in their order. */
  readonly blocks: readonly ScanBlock[];
  /** How many lines of them have the text. */
  readonly found: number;
  /** Bytes that were looked through. */
  readonly looked: number;
  readonly done: boolean;
  readonly error: Error | null;
  readonly refetch: () => void;
}

const NO_BLOCKS: readonly ScanBlock[] = [];

/**
 * Let the server look through a text file of a run, however long it is: where its lines are, and
 * which of its parts have a text. One call after the other; what is known so far is returned.
 */
export function useScan(run: string, path: string, contains: string, enabled = true): Scan {
  const query = useInfiniteQuery({
    queryKey: ["scan", run, path, contains],
    queryFn: ({ signal, pageParam }) =>
      call(scanRunFile, { run_id: run, path, contains, offset: pageParam }, signal),
    initialPageParam: 0,
    getNextPageParam: ({ next_offset }) => next_offset ?? undefined,
    staleTime: Number.POSITIVE_INFINITY,
    refetchOnWindowFocus: false,
    enabled,
  });
  const { data, hasNextPage, isFetching, isError, fetchNextPage } = query;
  useEffect(() => {
    if (enabled && hasNextPage && !isFetching && !isError) void fetchNextPage();
  }, [enabled, hasNextPage, isFetching, isError, fetchNextPage]);
  const blocks = useMemo(
    () => data?.pages.flatMap((page) => page.blocks ?? []) ?? NO_BLOCKS,
    [data],
  );
  return {
    blocks,
    found: blocks.reduce((sum, block) => sum + block.found, 0),
    looked: blocks.reduce((sum, block) => sum + block.size, 0),
    done: data !== undefined && !hasNextPage,
    error: query.error,
    refetch: () => void (data ? fetchNextPage() : query.refetch()),
  };
}
