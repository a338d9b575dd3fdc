import { useInfiniteQuery } from "@tanstack/react-query";
import { call } from "./client";
import { type Event, listEvents } from "./schema.gen";

const PAGE = 100;

/** The history of something, the newest first: of a model with its versions, or of one object. */
export function useEvents(of: { model?: string; object?: string }) {
  return useInfiniteQuery({
    queryKey: ["events", of],
    queryFn: ({ signal, pageParam }) =>
      call(
        listEvents,
        { ...of, newest_first: true, max_results: PAGE, page_token: pageParam },
        signal,
      ),
    initialPageParam: "",
    getNextPageParam: (page) => page.next_page_token || undefined,
    select: (data): Event[] => data.pages.flatMap((page) => page.events ?? []),
  });
}
