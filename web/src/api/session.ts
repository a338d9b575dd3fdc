import { queryOptions, useQuery } from "@tanstack/react-query";
import { callWithNext } from "./client";
import { whoAmI } from "./schema.gen";

export const sessionQuery = queryOptions({
  queryKey: ["session"],
  queryFn: ({ signal }) => callWithNext(whoAmI, {}, signal),
  staleTime: 60_000,
});

/** Who the server takes this browser for. */
export const useSession = () => useQuery(sessionQuery);

/** What the user may do everywhere; the server decides, this says what to offer. */
export interface Rights {
  /** Whether it is known already. */
  readonly known: boolean;
  /** Whether nobody logs in here, so that all may do everything. */
  readonly open: boolean;
  /** Whether the user may administer: an admin, not by a token with scopes, or an open server. */
  readonly admin: boolean;
  readonly name: string;
}

export function useRights(): Rights {
  const { data } = useSession();
  if (!data) return { known: false, open: false, admin: false, name: "" };
  const open = data.user_id === null || data.user_id === undefined;
  const admin = open || (data.is_admin === true && !data.scopes?.length);
  return { known: true, open, admin, name: data.username };
}
