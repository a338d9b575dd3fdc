import { useEffect, useRef } from "react";
import { createStore } from "./store";
import { toasts } from "./toasts";

const SOON = 500; // milliseconds in which the page may say by itself what was done on it
const EVERY = 4000; // milliseconds in which at most one thing is said
const MOST = 3; // changes that are said one by one; of more only how many there are

/** What is read aloud of changes that came by themselves. */
export const announced = createStore("");

interface Waiting {
  readonly text: string;
  /** How the page says it where it was done there. */
  readonly own: string | undefined;
}

let waiting: Waiting[] = [];
let free = 0; // when the next thing may be said

/**
 * Have read aloud that something has changed without the reader's doing.
 *
 * Politely, and not more often than one can listen to: what comes meanwhile is gathered.
 *
 * @param own how a toast says it where the reader did it; it is not said twice then.
 */
export function announce(text: string, own?: string): void {
  if (!waiting.length) setTimeout(speak, Math.max(SOON, free - Date.now()));
  waiting.push({ text, own });
}

function speak(): void {
  const said = new Set(toasts.get().map((toast) => toast.text));
  const texts = waiting.filter(({ own }) => own === undefined || !said.has(own));
  waiting = [];
  if (!texts.length) return;
  free = Date.now() + EVERY;
  announced.set(inShort(texts.map(({ text }) => text)));
}

/** The last changes, and before them how many there were if that is many. */
export function inShort(texts: readonly string[]): string {
  const many = texts.length > MOST ? [`${texts.length} changes, the last of them:`] : [];
  return [...many, ...texts.slice(-MOST)].join(" ");
}

/** Say what has changed from one value to the next; not of the first one. */
export function useChanges<T>(value: T | undefined, say: (value: T, before: T) => void): void {
  const before = useRef<T>(undefined);
  useEffect(() => {
    if (value === undefined) return;
    if (before.current !== undefined && before.current !== value) say(value, before.current);
    before.current = value;
  }, [value, say]);
}
