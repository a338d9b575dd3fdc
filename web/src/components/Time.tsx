import { useSyncExternalStore } from "react";
import { ago, exact } from "../lib/time";

const listeners = new Set<() => void>();
let now = Date.now();
setInterval(() => {
  now = Date.now();
  for (const listener of listeners) listener();
}, 15_000);

function follow(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** How long ago a moment is; the moment itself, with its zone, for who points at it. */
export function Time({ at }: { at: number | null | undefined }) {
  useSyncExternalStore(follow, () => now);
  if (!at) return <span>–</span>;
  const date = new Date(at);
  if (Number.isNaN(date.getTime())) return <span className="num">{at}</span>;
  return (
    <time dateTime={date.toISOString()} title={exact(at)}>
      {ago(at, Math.max(now, Date.now()))}
    </time>
  );
}
