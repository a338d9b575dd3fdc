import { follow } from "./client";
import { queries } from "./queries";
import type { Event } from "./schema.gen";

/** What is read anew when something of a noun changes: the first parts of query keys. */
const TOUCHES: Record<string, readonly string[]> = {
  run: ["run", "runs"],
  experiment: ["experiment", "experiments", "runs"],
  model: ["model", "models", "version", "versions", "events", "requests", "policy"],
  version: ["model", "models", "version", "versions", "events", "requests"],
  policy: ["policy", "versions"],
  log: ["log"],
};
const GATHER = 250; // milliseconds in which changes gather
const AGAIN = 3000; // milliseconds until a cut stream is followed again

const waiting = new Set<string>();
let timer: ReturnType<typeof setTimeout> | undefined;

function touch(noun: string): void {
  for (const key of TOUCHES[noun] ?? []) waiting.add(key);
  if (timer !== undefined) return;
  timer = setTimeout(() => {
    timer = undefined;
    const keys = new Set(waiting);
    waiting.clear();
    void queries.invalidateQueries({ predicate: (q) => keys.has(String(q.queryKey[0])) });
  }, GATHER);
}

/** Keep what is shown true while the page is visible; a hidden one holds no connection. */
export function stayLive(): void {
  let stop: AbortController | undefined;
  const run = async (signal: AbortSignal) => {
    for (let again = false; !signal.aborted; again = true) {
      if (again) void queries.invalidateQueries();
      try {
        await follow(
          "events/stream",
          [],
          (message) => {
            const event = JSON.parse(message.data) as Event;
            touch(event.object.split(":")[0] ?? "");
          },
          signal,
        );
      } catch {
        // Cut, refused or stopped: what matters is shown by the queries themselves.
      }
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
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") void queries.invalidateQueries();
    look();
  });
  look();
}
