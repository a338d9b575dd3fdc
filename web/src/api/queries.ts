import { QueryClient } from "@tanstack/react-query";
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
