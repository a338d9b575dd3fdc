import { KEPT } from "./address";

/** What a page keeps in its address, read without trust: what does not fit is left out. */
export type Query = Record<string, unknown>;

/** A text of the query, undefined when it is empty or no text. */
export function text(query: Query, key: string): string | undefined {
  const value = query[key];
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  return typeof value === "string" && value ? value : undefined;
}

/** One of some texts, undefined for any other. */
export function choice<T extends string>(
  query: Query,
  key: string,
  allowed: readonly T[],
): T | undefined {
  return allowed.find((item) => item === query[key]);
}

/** Those of some texts that are named, which may be none; undefined when there is no list. */
export function choices<T extends string>(
  query: Query,
  key: string,
  allowed: readonly T[],
): T[] | undefined {
  const value = query[key];
  return Array.isArray(value) ? allowed.filter((item) => value.includes(item)) : undefined;
}

/** A list of texts, undefined when it is empty or no list. */
export function texts(query: Query, key: string): string[] | undefined {
  const value = query[key];
  if (!Array.isArray(value)) return undefined;
  const found = value.filter((item): item is string => typeof item === "string");
  return found.length ? found : undefined;
}

/** Two texts of the query, such as the key and the value of a tag. */
export function pair(value: unknown): readonly [string, string] | undefined {
  if (!Array.isArray(value) || value.length !== 2) return undefined;
  const [key, said] = value.map((part) => (typeof part === "object" ? "" : String(part)));
  return key ? [key, said ?? ""] : undefined;
}

/** A sort of the query, `key` or `-key` for the greatest first. */
export interface Sort {
  readonly key: string;
  readonly descending: boolean;
}

export function readSort(value: string | undefined): Sort | undefined {
  if (!value || value === "-") return undefined;
  return value.startsWith("-")
    ? { key: value.slice(1), descending: true }
    : { key: value, descending: false };
}

export function writeSort(sort: Sort | undefined): string | undefined {
  return sort && (sort.descending ? "-" : "") + sort.key;
}

/** Several sorts of the query, the first of which counts most: a text for one, a list for more. */
export function readSorts(value: unknown): Sort[] {
  const found = Array.isArray(value) ? value : [value];
  const keys = new Set<string>();
  return found.flatMap((one) => {
    const sort = typeof one === "string" ? readSort(one) : undefined;
    if (!sort || keys.has(sort.key)) return [];
    keys.add(sort.key);
    return sort;
  });
}

export function writeSorts(sorts: readonly Sort[]): string | string[] | undefined {
  const texts = sorts.flatMap((sort) => writeSort(sort) ?? []);
  return texts.length > 1 ? texts : texts[0];
}

/** Sorts after a column's head was pressed: its own alone, or one more beside the others. */
export function pressed(sorts: readonly Sort[], key: string, more: boolean): Sort[] {
  const old = sorts.find((sort) => sort.key === key);
  const next = !old
    ? [{ key, descending: true }]
    : old.descending
      ? [{ key, descending: false }]
      : [];
  if (!more) return next;
  if (!old) return [...sorts, ...next];
  return sorts.flatMap((sort) => (sort.key === key ? next : sort));
}

/**
 * Read an address for a page, and for nothing else: what the page does not know, or cannot use, would
 * come back to it from the whole address otherwise.
 */
export function only<T extends object>(read: (query: Query) => T): (query: Query) => T {
  return (query) => {
    const nothing = Object.fromEntries(Object.keys(query).map((key) => [key, undefined]));
    const kept = KEPT in query ? { [KEPT]: query[KEPT] } : {}; // until it is known what it means
    return { ...nothing, ...read(query), ...kept };
  };
}

/** Leave out what a page does not say, so that addresses stay short. */
export function compact<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, v]) => v !== undefined)) as T;
}
