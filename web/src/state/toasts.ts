import { createStore } from "./store";

export interface Toast {
  readonly id: number;
  readonly kind: "good" | "bad";
  readonly text: string;
  readonly detail?: string | undefined;
}

const STAYS = 6000; // milliseconds; what went wrong stays until it is closed
let last = 0;

export const toasts = createStore<readonly Toast[]>([]);

/** Say that something was done, or that it was not. */
export function say(kind: Toast["kind"], text: string, detail?: string): void {
  last += 1;
  const id = last;
  toasts.set([...toasts.get(), { id, kind, text, detail }]);
  if (kind === "good") setTimeout(() => unsay(id), STAYS);
}

export function unsay(id: number): void {
  toasts.set(toasts.get().filter((t) => t.id !== id));
}
