/** A header of a webhook while it is edited; one that is kept has a name that stays. */
export interface HeaderRow {
  id: number;
  name: string;
  value: string;
  kept: boolean;
}

/** What is wrong with a row: with its name, or with its value. */
export interface HeaderProblem {
  name?: Problem;
  value?: Problem;
}

export type Problem =
  | "noName"
  | "noValue"
  | "badName"
  | "badValue"
  | "longName"
  | "longValue"
  | "twice"
  | "own"
  | "notYours"
  | "moved";

export const MOST_HEADERS = 20;
const LONGEST_NAME = 100;
const LONGEST_VALUE = 4096;
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const PRINTABLE = /^[ -~]*$/;

// As the server has them (api/targets.py); a test compares the two.
export const SET_BY_US: readonly string[] = [
  "connection",
  "expect",
  "host",
  "http2-settings",
  "keep-alive",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "user-agent",
];
export const BEGINNINGS_OF_OURS: readonly string[] = [
  "ce-",
  "content-",
  "proxy-",
  "webhook-",
  "x-databricks-",
  "x-mlflow-",
];

/** The rows of the headers that a webhook has. */
export const keptRows = (names: readonly string[]): HeaderRow[] =>
  names.map((name, id) => ({ id, name, value: "", kept: true }));

/** The rows and one more, to be written. */
export const oneMore = (rows: readonly HeaderRow[]): HeaderRow[] => [
  ...rows,
  { id: Math.max(-1, ...rows.map(({ id }) => id)) + 1, name: "", value: "", kept: false },
];

/** The rows in which something is written. */
const written = (rows: readonly HeaderRow[]) => rows.filter(({ name, value }) => name || value);

/**
 * What is wrong with each row.
 *
 * @param moved whether the URL goes to another host, to which no value follows.
 * @param whole whether the rows are to be sent as they are: what is missing is wrong, too.
 */
export function headerProblems(
  rows: readonly HeaderRow[],
  moved: boolean,
  whole: boolean,
): HeaderProblem[] {
  const names = rows.map(({ name }) => name.toLowerCase());
  return rows.map((row, i) => {
    const twice = names.indexOf(names[i] ?? "") < i;
    const name = row.name ? nameProblem(row.name, twice) : whole && row.value && "noName";
    const value = row.value ? valueProblem(row.value) : missing(row, moved, whole);
    return { ...(name && { name }), ...(value && { value }) };
  });
}

function nameProblem(name: string, twice: boolean): Problem | undefined {
  const low = name.toLowerCase();
  if (name.length > LONGEST_NAME) return "longName";
  if (!TOKEN.test(name)) return "badName";
  if (low === "authorization") return "own";
  if (SET_BY_US.includes(low) || BEGINNINGS_OF_OURS.some((begin) => low.startsWith(begin)))
    return "notYours";
  return twice ? "twice" : undefined;
}

function valueProblem(value: string): Problem | undefined {
  if (value.trim().length > LONGEST_VALUE) return "longValue";
  return PRINTABLE.test(value) ? undefined : "badValue";
}

function missing({ name, kept }: HeaderRow, moved: boolean, whole: boolean): Problem | undefined {
  if (kept) return moved ? "moved" : undefined;
  return whole && name ? "noValue" : undefined;
}

/** What to send of the rows; a value that was not written again stays what it is. */
export const headersOf = (rows: readonly HeaderRow[]) =>
  written(rows).map(({ name, value, kept }) =>
    kept && !value ? { name } : { name, value: value.trim() },
  );

/** Whether the rows are something else than the headers that a webhook has. */
export const headersChanged = (rows: readonly HeaderRow[], names: readonly string[]): boolean => {
  const sent = written(rows);
  return sent.length !== names.length || sent.some(({ kept, value }) => !kept || value !== "");
};

/** Whether a URL is on another host than one that was stored, as the server sees it. */
export const movesAway = (from: string, to: string): boolean => origin(from) !== origin(to);

const origin = (url: string) => /^[^:]*:\/\/[^/?#]*/.exec(url)?.[0].toLowerCase();
