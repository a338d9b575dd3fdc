import { queryOptions, useQuery } from "@tanstack/react-query";
import { type Evidence, type Kept, toKeep } from "../lib/proof";
import { keep, kept } from "../state/store";
import { call, callAlone } from "./client";
import {
  type Event,
  getCheckpoint,
  getConsistency,
  getInclusion,
  getLogEntry,
  getLogStatus,
  listEvents,
} from "./schema.gen";

/** What the history is asked for; times in milliseconds since 1970. */
export interface EventFilter {
  actor?: string | undefined;
  token?: string | undefined;
  address?: string | undefined;
  action?: string | undefined;
  object?: string | undefined;
  model?: string | undefined;
  /** Words of the reason. */
  comment?: string | undefined;
  from_time?: number | undefined;
  to_time?: number | undefined;
}

/** Where a page of the history is: the newest events, those before one, or those after one. */
export interface Place {
  before?: number | undefined;
  after?: number | undefined;
}

export interface EventsPage {
  /** The newest first. */
  readonly events: readonly Event[];
  readonly hasOlder: boolean;
  readonly hasNewer: boolean;
}

export const PAGE = 200;

/** A page of the history; the one of the newest events is read again when something happens. */
export const eventsPage = (filter: EventFilter, { before, after }: Place) =>
  queryOptions({
    queryKey: [before || after ? "audit at" : "audit", filter, before, after],
    queryFn: async ({ signal }): Promise<EventsPage> => {
      if (after !== undefined) {
        const asked = { ...filter, since: after, max_results: PAGE };
        const page = await call(listEvents, asked, signal);
        const events = (page.events ?? []).toReversed();
        return { events, hasOlder: true, hasNewer: Boolean(page.next_page_token) };
      }
      const page_token = before === undefined ? "" : String(before - 1);
      const asked = { ...filter, newest_first: true, max_results: PAGE, page_token };
      const page = await call(listEvents, asked, signal);
      const hasOlder = Boolean(page.next_page_token);
      return { events: page.events ?? [], hasOlder, hasNewer: before !== undefined };
    },
    placeholderData: (previous) => previous,
  });

export const useEventsPage = (filter: EventFilter, place: Place) =>
  useQuery(eventsPage(filter, place));

/** How many events there are that the caller may see. */
const eventsTotal = queryOptions({
  // Not of the queries that each event asks again: it is a count, and who reads it has no rows.
  queryKey: ["events total"],
  queryFn: async ({ signal }) => {
    const asked = { newest_first: true, max_results: 1, total: true };
    return (await call(listEvents, asked, signal)).total ?? 0;
  },
  staleTime: 0,
});

export const useEventsTotal = (enabled: boolean) => useQuery({ ...eventsTotal, enabled });

const MOST = 1000; // events that a call answers with

/** Every event that fits and is there when this begins, the oldest first, in pages. */
export async function* allEvents(
  filter: EventFilter,
  signal: AbortSignal,
): AsyncGenerator<readonly Event[]> {
  const { size } = await call(getLogStatus, {}, signal);
  let page_token = "";
  do {
    const page = await call(listEvents, { ...filter, max_results: MOST, page_token }, signal);
    const events = (page.events ?? []).filter((event) => event.sequence <= size);
    yield events;
    page_token = events.length === page.events?.length ? (page.next_page_token ?? "") : "";
  } while (page_token);
}

/** What the log holds at a place; it never changes, but texts can be erased. */
export const entryQuery = (sequence: number) =>
  queryOptions({
    queryKey: ["entry", sequence],
    queryFn: ({ signal }) => call(getLogEntry, { sequence }, signal),
  });

const SEEN = "log"; // checkpoints that this browser saw, by the names of their logs
type Seen = Record<string, Kept>;

/** Ask for what proves an event; undefined while no checkpoint is over it. */
export async function evidenceOf(sequence: number, known: string): Promise<Evidence | undefined> {
  const checkpoint = await callAlone(getCheckpoint, {});
  if (checkpoint.size < sequence) return undefined;
  const seen = kept<Seen>(SEEN, {})[nameOf(checkpoint.key)];
  const [entry, inclusion, consistency] = await Promise.all([
    callAlone(getLogEntry, { sequence }),
    callAlone(getInclusion, { sequence, size: checkpoint.size }),
    seen && seen.size < checkpoint.size
      ? callAlone(getConsistency, { from_size: seen.size, to_size: checkpoint.size })
      : undefined,
  ]);
  return { entry, inclusion, checkpoint, known, kept: seen, consistency };
}

/** Let this browser remember a checkpoint that was found right. */
export function remember(evidence: Evidence): void {
  const found = toKeep(evidence);
  if (found) keep(SEEN, { ...kept<Seen>(SEEN, {}), [nameOf(found.key)]: found });
}

const nameOf = (key: string) => key.split("+")[0] ?? "";
