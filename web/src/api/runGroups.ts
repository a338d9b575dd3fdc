import { keepPreviousData, queryOptions, useQueries, useQuery } from "@tanstack/react-query";
import { useCallback, useMemo, useState } from "react";
import { both, equals, field } from "../lib/filter";
import { Outline } from "../lib/outline";
import type { Sort } from "../lib/search";
import type { RunRow } from "../lib/table";
import { callAlone } from "./client";
import { queries } from "./queries";
import {
  PARENT,
  type RunQuery,
  type RunRows,
  runIds,
  runRowsWhere,
  WINDOW,
  windowQuery,
} from "./runTable";
import { listRunGroups, type RunGroup } from "./schema.gen";

/** The head of a group in a table of runs. */
export interface GroupRow {
  /** Begins with "group:", as no run's id does. */
  readonly id: string;
  readonly group: RunGroup;
  /** What its runs have in common, to be read. */
  readonly name: string;
  /** How many runs it has without the filter; undefined when there is none. */
  readonly of: number | undefined;
  readonly open: boolean;
}

export type TableRow = RunRow | GroupRow;

const MOST = 1000; // groups that are read
const MOST_METRICS = 50;

const groupsQuery = (asked: Omit<RunQuery, "order">, by: string) =>
  queryOptions({
    queryKey: ["runs", "groups", asked, by],
    queryFn: ({ signal }) => {
      const metrics = asked.columns
        .filter((id) => id.startsWith("metrics."))
        .map((id) => id.slice("metrics.".length).replace(/^`(.*)`$/, "$1"));
      const request = {
        experiment_ids: [...asked.experiments],
        filter: asked.filter,
        run_view_type: asked.deleted ? ("DELETED_ONLY" as const) : ("ACTIVE_ONLY" as const),
        by,
        metrics: metrics.slice(0, MOST_METRICS),
        max_results: MOST,
      };
      return callAlone(listRunGroups, request, signal);
    },
    placeholderData: keepPreviousData,
  });

const namesQuery = (experiments: readonly string[], ids: readonly string[]) =>
  queryOptions({
    queryKey: ["runs", "names", experiments, ids],
    queryFn: async ({ signal }) => {
      const listed = ids.map((id) => `'${id}'`).join(", ");
      const filter = `attributes.run_id IN (${listed})`;
      const asked = { experiments, filter, order: [], columns: [] };
      const found = await runRowsWhere(asked, ids.length, signal);
      return new Map(found.map(({ id, name }) => [id, name]));
    },
    enabled: ids.length > 0,
    placeholderData: keepPreviousData,
  });

export interface GroupedRows extends RunRows<TableRow> {
  readonly groups: number;
  /** How many runs all groups have together. */
  readonly runs: number;
}

/** The runs of a question in groups; those of open groups are read where the grid is. */
export function useRunGroups(
  asked: RunQuery | undefined,
  by: string | undefined,
  sort: Sort | undefined,
  opened: readonly string[],
): GroupedRows {
  const question = asked ?? NOTHING;
  const enabled = asked !== undefined && by !== undefined;
  const { order: _, ...about } = question;
  const found = useQuery({ ...groupsQuery(about, by ?? ""), enabled });
  const filtered = question.filter !== "";
  const all = useQuery({
    ...groupsQuery({ ...about, filter: "", columns: [] }, by ?? ""),
    enabled: enabled && filtered,
  }).data?.groups;
  const whole = filtered ? all : undefined; // it may be known from before
  const groups = found.data?.groups;
  const parents = by === PARENT ? (groups ?? []).flatMap((g) => (g.absent ? [] : g.group)) : [];
  const ids = parents.filter((id) => /^[0-9a-f]{32}$/.test(id));
  const names = useQuery(namesQuery(question.experiments, ids)).data;
  const heads = useMemo(() => {
    const of = new Map(whole?.map((group) => [idOf(group), group.runs]));
    const rows = (groups ?? []).map((group): GroupRow => {
      const id = idOf(group);
      const name = names?.get(group.group) ?? group.group;
      return { id, group, name, of: of.get(id), open: opened.includes(id) };
    });
    return inOrder(rows, sort);
  }, [groups, whole, names, sort, opened]);
  const outline = useMemo(
    () => new Outline(heads.map(({ group, open }) => ({ rows: group.runs, open }))),
    [heads],
  );
  const within = (part: number): RunQuery => {
    const head = heads[part] as GroupRow;
    const one = head.group.absent ? `${by} IS NULL` : equals(by ?? "", head.group.group);
    return { ...question, filter: both(question.filter, one) };
  };
  const [range, setRange] = useState({ first: 0, last: 0 });
  const shown = [...outline.between(range.first, range.last)].flatMap(({ part, first, last }) => {
    const from = Math.floor(first / WINDOW);
    const length = Math.floor(last / WINDOW) - from + 1;
    return Array.from({ length }, (_, i) => windowQuery(within(part), from + i));
  });
  const windows = useQueries({ queries: shown });
  const key = JSON.stringify([question, windows.map((one) => one.dataUpdatedAt)]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key says what has come
  const rowAt = useCallback(
    (index: number): TableRow | undefined => {
      const spot = outline.at(index);
      if (!spot || spot.row === undefined) return spot && heads[spot.part];
      const { queryKey } = windowQuery(within(spot.part), Math.floor(spot.row / WINDOW));
      return queries.getQueryData<RunRow[]>(queryKey)?.[spot.row % WINDOW];
    },
    [outline, heads, key],
  );
  const idsAt = async (first: number, last: number) => {
    if (first === 0 && last === outline.length - 1) {
      return runIds(question, 0, (found.data?.runs ?? 0) - 1);
    }
    const parts = new Map<number, [number, number]>();
    for (let place = first; place <= last; place += 1) {
      const spot = outline.at(place);
      if (spot && spot.row === undefined) {
        parts.set(spot.part, [0, (heads[spot.part]?.group.runs ?? 0) - 1]);
      }
    }
    for (const { part, first: from, last: to } of outline.between(first, last)) {
      if (!parts.has(part)) parts.set(part, [from, to]);
    }
    const lists = [...parts].map(([part, [from, to]]) => runIds(within(part), from, to));
    return (await Promise.all(lists)).flat();
  };
  const onRange = useCallback((first: number, last: number) => {
    setRange((old) => (old.first === first && old.last === last ? old : { first, last }));
  }, []);
  return {
    total: outline.length,
    groups: found.data?.total ?? 0,
    runs: found.data?.runs ?? 0,
    columns: question.columns,
    rowAt,
    onRange,
    idsAt,
    isPending: found.isPending && !found.isError,
    isOld: found.isPlaceholderData,
    error: found.error ?? windows.find((one) => one.error)?.error ?? null,
    refetch: () => void queries.invalidateQueries({ queryKey: ["runs"] }),
  };
}

const NOTHING: RunQuery = { experiments: [], filter: "", order: [], columns: [] };

const idOf = ({ group, absent }: RunGroup) => (absent ? "group-none" : `group:${group}`);

/** Groups by their names, or by a metric's mean; what lacks it comes last. */
function inOrder(rows: GroupRow[], sort: Sort | undefined): GroupRow[] {
  const key = sort?.key.startsWith("metrics.") ? sort.key : undefined;
  const mean = ({ group }: GroupRow) =>
    group.metrics?.find((one) => field("metrics", one.key) === key)?.mean;
  const byName = (a: GroupRow, b: GroupRow) =>
    Number(a.group.absent) - Number(b.group.absent) ||
    a.name.localeCompare(b.name, "en", { numeric: true });
  return [...rows].sort((a, b) => {
    const [x, y] = key ? [mean(a), mean(b)] : [];
    if (x === undefined || y === undefined) {
      return Number(x === undefined) - Number(y === undefined) || byName(a, b);
    }
    return (sort?.descending ? Number(y) - Number(x) : Number(x) - Number(y)) || byName(a, b);
  });
}
