import { queryOptions, useQuery } from "@tanstack/react-query";
import { call } from "./client";
import { whoAmI } from "./schema.gen";

export const sessionQuery = queryOptions({
  queryKey: ["session"],
  queryFn: ({ signal }) => call(whoAmI, {}, signal),
  staleTime: 60_000,
});

/** Who the server takes this browser for. */
export const useSession = () => useQuery(sessionQuery);
