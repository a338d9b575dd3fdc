import { createStore } from "./store";

export interface Toast {
  readonly id: number;
  readonly kind: "good" | "bad";
  readonly text: string;
  readonly detail?: string | undefined;
  /** What can be done about it, such as undoing it. */
  readonly act?: Act | undefined;
}

interface Act {
  readonly label: string;
  readonly run: () => void;
}

const STAYS = 6000; // milliseconds; what went wrong stays until it is closed
const STAYS_WITH_ACT = 20_000; // one has to find it, and to decide
let last = 0;

export const toasts = createStore<readonly Toast[]>([]);

/** Say that something was done, or that it was not. */
export function say(kind: Toast["kind"], text: string, detail?: string, act?: Act): void {
  last += 1;
  const id = last;
  toasts.set([...toasts.get(), { id, kind, text, detail, act }]);
  if (kind === "good") setTimeout(() => unsay(id), act ? STAYS_WITH_ACT : STAYS);
}

export function unsay(id: number): void {
  toasts.set(toasts.get().filter((t) => t.id !== id));
}
