import { useQuery } from "@tanstack/react-query";
import { callWithNext } from "./client";
import { getLogStatus } from "./schema.gen";

/** How the log is, and whether the registry agrees with it; asked again each minute. */
export function useLogStatus() {
  return useQuery({
    queryKey: ["log"],
    queryFn: ({ signal }) => callWithNext(getLogStatus, {}, signal),
    refetchInterval: 60_000,
  });
}
