import { useQuery } from "@tanstack/react-query";
import { call } from "./client";
import { getLogStatus } from "./schema.gen";

/** How the log is, and whether the registry agrees with it; asked again each minute. */
export function useLogStatus(enabled = true) {
  return useQuery({
    enabled,
    queryKey: ["log"],
    queryFn: ({ signal }) => call(getLogStatus, {}, signal),
    refetchInterval: 60_000,
  });
}
