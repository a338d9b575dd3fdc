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

/** A list of texts, undefined when it is empty or no list. */
export function texts(query: Query, key: string): string[] | undefined {
  const value = query[key];
  if (!Array.isArray(value)) return undefined;
  const found = value.filter((item): item is string => typeof item === "string");
  return found.length ? found : undefined;
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

/** Leave out what a page does not say, so that addresses stay short. */
export function compact<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, v]) => v !== undefined)) as T;
}
