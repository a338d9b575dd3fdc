import { queryOptions, useQuery } from "@tanstack/react-query";
import { call } from "./client";
import { listWaitingRequests } from "./schema.gen";

/** The open requests that wait for the caller's word. */
export const waitingQuery = queryOptions({
  queryKey: ["requests", "waiting"],
  queryFn: async ({ signal }) => (await call(listWaitingRequests, {}, signal)).requests ?? [],
});

export const useWaitingRequests = () => useQuery(waitingQuery);
