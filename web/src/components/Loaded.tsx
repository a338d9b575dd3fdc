import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { ErrorNote } from "./ErrorNote";
import { Skeleton } from "./Skeleton";

interface LoadedProps<T> {
  query: UseQueryResult<T>;
  /** What the query reads, for the sentence when it fails: "The runs could not be read." */
  failed: string;
  lines?: number;
  children: (value: T) => ReactNode;
}

/** Shows what a query has read: a skeleton before, a note when it fails, and both with old data. */
export function Loaded<T>({ query, failed, lines, children }: LoadedProps<T>) {
  const retry = () => void query.refetch();
  if (query.data !== undefined) {
    return (
      <>
        {query.isError && <ErrorNote title={failed} problem={query.error} onRetry={retry} />}
        {children(query.data)}
      </>
    );
  }
  if (query.isError) return <ErrorNote title={failed} problem={query.error} onRetry={retry} />;
  return <Skeleton lines={lines ?? 4} />;
}
