import { useSyncExternalStore } from "react";

/** A value that components follow. */
export interface Store<T> {
  get(): T;
  set(value: T): void;
}

export interface Followed<T> extends Store<T> {
  follow(listener: () => void): () => void;
}

export function createStore<T>(initial: T): Followed<T> {
  let value = initial;
  const listeners = new Set<() => void>();
  return {
    get: () => value,
    set(next) {
      value = next;
      for (const listener of listeners) listener();
    },
    follow(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

export function useStore<T>(store: Followed<T>): T {
  return useSyncExternalStore(store.follow, store.get);
}

/** Read what this browser keeps; storage may be forbidden or damaged. */
export function kept<T>(key: string, otherwise: T): T {
  try {
    const text = localStorage.getItem(`cuvee.${key}`);
    return text === null ? otherwise : (JSON.parse(text) as T);
  } catch {
    return otherwise;
  }
}

export function keep(key: string, value: unknown): void {
  try {
    localStorage.setItem(`cuvee.${key}`, JSON.stringify(value));
  } catch {
    // It is forgotten with the page then.
  }
}
