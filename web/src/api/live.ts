import type { Message } from "../lib/sse";
import { follow } from "./client";
import { askAgain } from "./queries";
import type { Event } from "./schema.gen";

/** What is read anew when something of a noun changes: the first parts of query keys. */
const TOUCHES: Record<string, readonly string[]> = {
  run: ["run", "runs", "lineage"],
  experiment: ["experiment", "experiments", "runs"],
  model: [
    "model",
    "models",
    "version",
    "versions",
    "events",
    "requests",
    "policy",
    "lineage",
    "follows",
    "runs", // which say what has come of them
  ],
  version: [
    ...["model", "models", "version", "versions", "events", "requests", "lineage", "follows"],
    "runs",
  ],
  policy: ["policy", "versions", "requests"],
  log: ["log"],
  user: ["users", "groups", "session", "grants"],
  group: ["groups", "users", "session", "grants", "requests"],
  token: ["tokens"],
  webhook: ["webhooks"],
};
const EVERY = "audit"; // read anew whatever has happened
const GATHER = 250; // milliseconds in which changes gather
const RECENT = 60_000; // milliseconds after which a page's own place in the history is old
const AGAIN = 3000; // milliseconds until a cut stream is followed again

const told = new Set([...Object.values(TOUCHES).flat(), EVERY]);
const waiting = new Set<string>();
let timer: ReturnType<typeof setTimeout> | undefined;

function touch(noun: string): void {
  for (const key of [...(TOUCHES[noun] ?? []), EVERY]) waiting.add(key);
  if (timer !== undefined) return;
  timer = setTimeout(() => {
    timer = undefined;
    const keys = new Set(waiting);
    waiting.clear();
    void askAgain(keys);
  }, GATHER);
}

/**
 * How many events there were before anything was read of what this page shows.
 *
 * The server writes it into the page. A page that the browser had kept has an old one, and one that
 * was opened unseen may have waited for long: both ask again instead of hearing all since.
 */
function placeOfPage(): string | undefined {
  const [visited] = performance.getEntriesByType("navigation");
  const kept = (visited as PerformanceNavigationTiming | undefined)?.type === "back_forward";
  const told = document.querySelector<HTMLMetaElement>('meta[name="cuvee-events"]')?.content;
  return kept || performance.now() > RECENT ? undefined : told || undefined;
}

/** Keep what is shown true while the page is visible; a hidden one holds no connection. */
export function stayLive(): void {
  let stop: AbortController | undefined;
  let fresh = true; // whether the page has just been opened: then only events can have made it old
  const run = async (signal: AbortSignal) => {
    while (!signal.aborted) {
      let asked = false;
      const since = fresh ? placeOfPage() : undefined;
      const ask = () => {
        asked = true;
        void askAgain(fresh ? told : undefined);
        fresh = false;
      };
      // Once the stream is open: what was read before may be older than where it begins, unless it
      // begins where the page did, and so tells by itself what has changed since.
      const opened = () => {
        if (since === undefined) ask();
        asked = true;
        fresh = false;
      };
      try {
        await follow("events/stream", since ? [["since", since]] : [], heard, signal, opened);
      } catch {
        // Cut, refused or stopped: what matters is shown by the queries themselves.
      }
      if (!asked && !signal.aborted) ask(); // refused: what is shown is as true as asking makes it
      await new Promise((done) => setTimeout(done, AGAIN));
    }
  };
  const look = () => {
    stop?.abort();
    stop = undefined;
    if (document.visibilityState !== "visible") return;
    stop = new AbortController();
    void run(stop.signal);
  };
  document.addEventListener("visibilitychange", look);
  look();
}

function heard(message: Message): void {
  const event = JSON.parse(message.data) as Event;
  touch(event.object.split(":")[0] ?? "");
  if (event.action.startsWith("permission.")) touch("user"); // its object is what it is on
}
