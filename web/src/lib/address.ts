import { defaultParseSearch, defaultStringifySearch } from "@tanstack/react-router";
import type { Query } from "./search";

/**
 * Characters of an address's query; a longer one stands there as the id of a kept view. With its
 * path an address stays below the 2,000 to which a login leads back.
 */
export const LONGEST = 1800;
export const KEPT = "kept";
const NAMED = /[?&]kept=([^&]*)/;
const queryOf = new Map<string, string>(); // of an id, as far as this page has seen it
const idOf = new Map<string, string>();

/** Learn what an id stands for. */
export function learn(id: string, query: string): void {
  queryOf.set(id, query);
  idOf.set(wholeQuery(defaultParseSearch(query)), id);
}

/** Read what stands behind the path of an address; `kept` while nobody knows what its id means. */
export function readAddress(text: string): Query {
  const id = keptIn(text);
  if (id === undefined) return defaultParseSearch(text);
  const query = queryOf.get(id);
  if (query === undefined) return { [KEPT]: id };
  const { [KEPT]: _, ...found } = defaultParseSearch(query) as Query; // one leads to no other
  return found;
}

/** Write it, by an id where it would be too long and has one. */
export function writeAddress(query: Query): string {
  const unknown = query[KEPT];
  if (typeof unknown === "string") return named(unknown);
  const text = defaultStringifySearch(query);
  if (text.length <= LONGEST) return text;
  const id = idOf.get(wholeQuery(query));
  return id === undefined ? text : named(id);
}

/** The whole query of a view, the same whatever order its parts came in. */
export function wholeQuery(query: Query): string {
  const parts = Object.entries(query).sort(([a], [b]) => (a < b ? -1 : 1));
  return defaultStringifySearch(Object.fromEntries(parts)).slice(1);
}

/** The id in an address; as a text, for one of digits only is none of the numbers it looks like. */
export const keptIn = (text: string): string | undefined => NAMED.exec(text)?.[1];

const named = (id: string) => `?${KEPT}=${id}`;
