import { createStore } from "./store";

/** What is pointed at, in a chart, a legend or a table: a run's id, or a group of runs. */
export const lit = createStore<string | undefined>(undefined);

/** How a group of runs is called where ids of runs are, too. */
export const groupId = (value: string) => `group ${value}`;

/** What makes an element point at something while the pointer or the focus is on it. */
export const pointing = (id: string) => ({
  onPointerEnter: () => lit.set(id),
  onPointerLeave: () => lit.set(undefined),
  onFocus: () => lit.set(id),
  onBlur: () => lit.set(undefined),
});
