import { queryOptions } from "@tanstack/react-query";
import type { AnyRouter } from "@tanstack/react-router";
import { keptIn, LONGEST, learn, wholeQuery } from "../lib/address";
import { callAlone } from "./client";
import { queries } from "./queries";
import { getView, keepView } from "./schema.gen";

const QUIET = 500; // milliseconds without another step, so that not each of many is kept
const LONGEST_KEPT = 65536; // as the server takes it; what is longer stays in the address

/** What an id in an address stands for; who opens it keeps it for longer. */
export const keptView = (view_id: string) =>
  queryOptions({
    queryKey: ["keptView", view_id],
    queryFn: async ({ signal }) => {
      const { query } = await callAlone(getView, { view_id }, signal);
      callAlone(keepView, { query }).catch(() => undefined); // it is there all the same
      learn(view_id, query);
      return query;
    },
    staleTime: Number.POSITIVE_INFINITY,
  });

/** Keep views whose addresses are too long, and put their ids there. */
export function shortenAddresses(router: AnyRouter): void {
  const id = keptIn(location.search);
  if (id !== undefined) void queries.prefetchQuery(keptView(id)); // beside the page's code
  let waiting: ReturnType<typeof setTimeout> | undefined;
  router.subscribe("onResolved", ({ toLocation }) => {
    clearTimeout(waiting);
    if (toLocation.searchStr.length <= LONGEST) return;
    waiting = setTimeout(() => void shorten(router, toLocation), QUIET);
  });
}

async function shorten(router: AnyRouter, place: AnyRouter["latestLocation"]): Promise<void> {
  const query = wholeQuery(place.search);
  if (query.length > LONGEST_KEPT) return;
  try {
    learn((await callAlone(keepView, { query })).view_id, query);
  } catch {
    return; // the long address says the same
  }
  if (router.latestLocation !== place) return; // whoever comes back here finds it shortened
  const same = {
    search: true,
    hash: true,
    state: true,
    replace: true,
    resetScroll: false,
  } as const;
  await router.navigate({ to: ".", ...same });
}
