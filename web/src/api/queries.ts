import { type Query, QueryClient } from "@tanstack/react-query";
import { ApiError } from "./client";

/** Answers are kept for the page's life; the stream of events says what has changed. */
export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      retry: (count, problem) =>
        count < 2 && problem instanceof ApiError && (problem.status === 0 || problem.status >= 500),
      throwOnError: false,
    },
  },
});

/**
 * Ask again what is shown; a first answer that is still on its way is old too, so ask after it.
 *
 * @param nouns the first parts of the query keys; everything when left out.
 */
export async function askAgain(nouns?: ReadonlySet<string>): Promise<void> {
  const predicate = (query: Query) => nouns?.has(String(query.queryKey[0])) ?? true;
  const first = new Set(
    queries
      .getQueryCache()
      .findAll({ predicate, fetchStatus: "fetching" })
      .filter((query) => query.state.data === undefined),
  );
  await queries.invalidateQueries({ predicate }); // leaves those as they are
  if (first.size > 0) await queries.invalidateQueries({ predicate: (query) => first.has(query) });
}
