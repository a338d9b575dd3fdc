import { queryOptions, useQueries, useQuery } from "@tanstack/react-query";
import { useCallback, useMemo, useRef, useState } from "react";
import { field } from "../lib/filter";
import { ATTRIBUTES, type RunRow, rowsOf } from "../lib/table";
import { call, callAlone } from "./client";
import { queries } from "./queries";
import {
  checkSearch,
  completeSearch,
  type RunOutline,
  type RunTable,
  searchRunOutline,
  searchRunTable,
} from "./schema.gen";

/** A question about runs. */
export interface RunQuery {
  readonly experiments: readonly string[];
  readonly filter: string;
  readonly order: readonly string[];
  /** Whether it is about deleted runs. */
  readonly deleted?: boolean | undefined;
  /** What is read of each run besides its attributes, as fields of the search language. */
  readonly columns: readonly string[];
  /** Whether runs stand below those that they are nested in. */
  readonly outline?: Outline | undefined;
}

/** Which runs show those that are nested in them. */
export interface Outline {
  /** Whether all do, or none. */
  readonly unfold: boolean;
  /** The runs that are the other way. */
  readonly except: readonly string[];
}

/** The rows of a question, wherever one looks; the grid says what is on screen. */
export interface RunRows<Row = RunRow> {
  /** How many there are in all. */
  readonly total: number;
  /** The columns that the rows have. */
  readonly columns: readonly string[];
  readonly rowAt: (index: number) => Row | undefined;
  readonly onRange: (first: number, last: number) => void;
  /** The ids of the runs at some places, loaded or not. */
  readonly idsAt: (first: number, last: number) => Promise<string[]>;
  /** The ids of all runs that pass, where some of them may be at no place. */
  readonly allIds?: (() => Promise<string[]>) | undefined;
  readonly isPending: boolean;
  /** Whether the rows are those of an earlier question. */
  readonly isOld: boolean;
  readonly error: Error | null;
  readonly refetch: () => void;
}

/** The run that a run is nested in. */
export const PARENT = field("tags", "mlflow.parentRunId");
export const WINDOW = 200;
/** Characters of a text in a cell: a note or a prompt may have many thousand. */
export const CELL_TEXT = 500;
const MOST_ROWS = 50_000; // that the server reads at once
const AT_MOST = 10; // windows that are read for one screen

/** Rows by their places; `ask` says whether they are read alone, or with what else is asked. */
export const windowQuery = (asked: RunQuery, at: number, ask = callAlone) =>
  queryOptions({
    queryKey: ["runs", "window", asked, at],
    queryFn: async ({ signal }) => {
      if (asked.outline) return outlineRows(await queries.fetchQuery(outlineQuery(asked, at, ask)));
      const columns = [...ATTRIBUTES, ...asked.columns];
      const request = { ...requestOf(asked), columns, max_text: CELL_TEXT };
      return readRows(request, at * WINDOW, WINDOW, signal, ask);
    },
    structuralSharing: false,
  });

const outlineQuery = (asked: RunQuery, at: number, ask = callAlone) =>
  queryOptions({
    queryKey: ["runs", "outline", asked, at],
    queryFn: ({ signal }) => {
      const request = {
        ...requestOf(asked),
        columns: [...ATTRIBUTES, ...asked.columns],
        unfold: asked.outline?.unfold ?? false,
        except_runs: [...(asked.outline?.except ?? [])],
        offset: at * WINDOW,
        limit: WINDOW,
        max_text: CELL_TEXT,
      };
      return ask(searchRunOutline, request, signal);
    },
    structuralSharing: false,
  });

const outlineRows = ({ table, nodes }: RunOutline): RunRow[] =>
  rowsOf(table).map((row, i) => ({ ...row, node: nodes?.[i] }));

export function requestOf({
  experiments,
  filter,
  order,
  deleted,
}: Omit<RunQuery, "columns" | "outline">) {
  return {
    experiment_ids: [...experiments],
    filter,
    order_by: [...order],
    run_view_type: deleted ? ("DELETED_ONLY" as const) : ("ACTIVE_ONLY" as const),
  };
}

type TableRequest = ReturnType<typeof requestOf> & { columns: string[]; max_text?: number };

/** Rows by their places. A page may be shorter than asked for; its token goes on. */
async function readRows(
  request: TableRequest,
  offset: number,
  most: number,
  signal?: AbortSignal,
  ask = callAlone,
): Promise<RunRow[]> {
  const rows: RunRow[] = [];
  let page: { offset: number } | { page_token: string } = { offset };
  for (;;) {
    const limit = Math.min(most - rows.length, MOST_ROWS);
    const table: RunTable = await ask(searchRunTable, { ...request, ...page, limit }, signal);
    rows.push(...rowsOf(table));
    if (!table.next_page_token || rows.length >= most) return rows;
    page = { page_token: table.next_page_token };
  }
}

/** The first rows of a question; few enough to be asked for with others. */
export function runRowsWhere(asked: RunQuery, most: number, signal?: AbortSignal) {
  const columns = [...ATTRIBUTES, ...asked.columns];
  return readRows({ ...requestOf(asked), columns }, 0, most, signal, call);
}

/** The ids of the runs from one place to another, in their order. */
export async function runIds(asked: RunQuery, first: number, last: number): Promise<string[]> {
  const request = { ...requestOf(asked), columns: ["run_id"] };
  return (await readRows(request, first, last - first + 1)).map(({ id }) => id);
}

/** How many runs fit a question. */
export const totalQuery = (
  asked: Pick<RunQuery, "experiments" | "filter" | "deleted">,
  ask = callAlone,
) =>
  queryOptions({
    queryKey: ["runs", "total", asked.experiments, asked.filter, asked.deleted ?? false],
    queryFn: async ({ signal }) => {
      const request = { ...requestOf({ ...asked, order: [] }), columns: ["run_id"] };
      const table = await ask(searchRunTable, { ...request, limit: 1, total: true }, signal);
      return table.total ?? 0;
    },
  });

const MOST_TREE = 100_000; // runs; the server makes no tree of more

/**
 * Whether runs are nested, and few enough to be shown so unasked. It is asked once for a visit, so
 * that no table turns into a tree under one's eyes.
 */
export const nestedQuery = (experiments: readonly string[], deleted: boolean) =>
  queryOptions({
    queryKey: ["nested", experiments, deleted],
    queryFn: async ({ signal }) => {
      const filter = `${PARENT} IS NOT NULL`;
      const request = { ...requestOf({ experiments, filter, order: [], deleted }), limit: 1 };
      const asked = { ...request, columns: ["run_id"], total: true };
      if (!(await call(searchRunTable, asked, signal)).total) return false;
      const all = await queries.fetchQuery(totalQuery({ experiments, filter: "", deleted }));
      return all <= MOST_TREE;
    },
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    retry: false,
  });

interface Totals {
  /** How many rows there are. */
  readonly rows: number;
  /** How many runs pass, at a place or not. */
  readonly runs: number;
  /** How many there are with and without the filter, where that is known. */
  readonly of?: number | undefined;
}

const totalsQuery = (asked: RunQuery, ask: typeof call) =>
  queryOptions({
    queryKey: [
      ...["runs", "totals", asked.experiments, asked.filter, asked.deleted ?? false],
      ...(asked.outline ? [asked.outline, asked.order, asked.columns] : []),
    ],
    queryFn: async (): Promise<Totals> => {
      if (asked.outline) {
        const { lines, passing, runs } = await queries.fetchQuery(outlineQuery(asked, 0, ask));
        return { rows: lines ?? 0, runs: passing ?? 0, of: runs };
      }
      const total = await queries.fetchQuery(totalQuery(asked, ask));
      return { rows: total, runs: total };
    },
  });

/** The ids of the runs that pass from one line of an outline to another. */
async function outlineIds(asked: RunQuery, first: number, last: number): Promise<string[]> {
  const found: string[] = [];
  for (let at = Math.floor(first / WINDOW); at <= Math.floor(last / WINDOW); at += 1) {
    const rows = await queries.fetchQuery(windowQuery(asked, at));
    const part = rows.slice(Math.max(first - at * WINDOW, 0), last - at * WINDOW + 1);
    found.push(...part.flatMap(({ id, node }) => (node?.passes === false ? [] : id)));
  }
  return found;
}

export interface WindowedRuns extends RunRows, Pick<Totals, "runs" | "of"> {}

/**
 * Runs in windows of 200 by their places, read where the grid is.
 *
 * @param asked the question; undefined asks for nothing.
 * @param ask whether they are read alone, or with what else is asked.
 */
export function useRunRows(asked: RunQuery | undefined, ask = callAlone): WindowedRuns {
  const question = asked ?? NOTHING;
  const { experiments, filter, order, deleted, outline } = question;
  const about = JSON.stringify([experiments, filter, order, deleted, outline?.unfold]);
  const latest = useRef(about);
  latest.current = about;
  // Where the grid was for another question says nothing about this one.
  const [range, setRange] = useState({ about, first: 0, last: 0 });
  const { first, last } = range.about === about ? range : { first: 0, last: 0 };
  const enabled = asked !== undefined;
  const total = useQuery({ ...totalsQuery(question, ask), enabled });
  const number = Math.min(last - first + 1, AT_MOST);
  const windows = useQueries({
    queries: Array.from({ length: number }, (_, i) => ({
      ...windowQuery(question, first + i, ask),
      enabled,
    })),
  });
  const ready =
    enabled && total.data !== undefined && windows.every((one) => one.data !== undefined);
  // What was shown stays until the next question is answered, and when it is refused.
  const shown = useRef<{ asked: RunQuery; total: Totals } | undefined>(undefined);
  const same = shown.current && isSame(shown.current.asked, question);
  if (ready || (same && total.data !== undefined)) {
    shown.current = { asked: question, total: total.data as Totals };
  }
  const now = shown.current;
  const key = JSON.stringify([now?.asked, windows.map((one) => one.dataUpdatedAt)]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key says what has come
  const rowAt = useMemo(() => {
    // Finding an answer by its question takes longer than all else of a row's way to the screen.
    const found = new Map<number, RunRow[] | undefined>();
    return (index: number) => {
      const at = Math.floor(index / WINDOW);
      if (now && !found.get(at)) {
        found.set(at, queries.getQueryData<RunRow[]>(windowQuery(now.asked, at).queryKey));
      }
      return found.get(at)?.[index % WINDOW];
    };
  }, [key]);
  const onRange = useCallback((from: number, to: number) => {
    const about = latest.current;
    const next = { about, first: Math.floor(from / WINDOW), last: Math.floor(to / WINDOW) };
    setRange((old) => (JSON.stringify(old) === JSON.stringify(next) ? old : next));
  }, []);
  const idsAt = async (from: number, to: number) => {
    if (now?.asked.outline) return outlineIds(now.asked, from, to);
    const found = now ? Array.from({ length: to - from + 1 }, (_, i) => rowAt(from + i)) : [];
    const loaded = found.flatMap((row) => row?.id ?? []);
    if (loaded.length === found.length || !now) return loaded;
    return runIds(now.asked, from, to);
  };
  // Neither other columns nor what is unfolded make a row an old one.
  const unsaid = { columns: [], outline: undefined };
  const error = windows.find((one) => one.error)?.error ?? total.error;
  return {
    total: now?.total.rows ?? 0,
    runs: now?.total.runs ?? 0,
    of: now?.total.of,
    columns: now?.asked.columns ?? NOTHING.columns,
    rowAt,
    onRange,
    idsAt,
    allIds: now?.asked.outline && (() => runIds(now.asked, 0, now.total.runs - 1)),
    isPending: !now && !error,
    isOld: now !== undefined && !isSame({ ...now.asked, ...unsaid }, { ...question, ...unsaid }),
    error,
    refetch: () => void queries.invalidateQueries({ queryKey: ["runs"] }),
  };
}

const NOTHING: RunQuery = { experiments: [], filter: "", order: [], columns: [] };

const isSame = (a: RunQuery, b: RunQuery) => JSON.stringify(a) === JSON.stringify(b);

/** How a filter can go on at the cursor. */
export const completions = (experiments: readonly string[], text: string, cursor: number) =>
  queryOptions({
    queryKey: ["completions", experiments, text, cursor],
    queryFn: ({ signal }) => {
      const experiment_ids = [...experiments];
      return callAlone(completeSearch, { experiment_ids, text, cursor, limit: 50 }, signal);
    },
    staleTime: 30_000,
    retry: false,
  });

/** What is wrong with a filter. */
export const checkOf = (filter: string) =>
  queryOptions({
    queryKey: ["check", filter],
    queryFn: ({ signal }) => call(checkSearch, { filter }, signal),
    enabled: filter !== "",
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
