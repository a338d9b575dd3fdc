import { createStore, keep, kept } from "./store";

/** The folder whose experiments and models the lists begin with; empty for all. */
export const folder = createStore(kept("folder", ""));

export function setFolder(path: string): void {
  folder.set(path);
  keep("folder", path);
}
