import { keepPreviousData, queryOptions, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { field } from "../lib/filter";
import type { RunRow } from "../lib/table";
import { call } from "./client";
import { type RunQuery, runRowsWhere, totalQuery } from "./runTable";
import { listRunKeys } from "./schema.gen";

/** The most runs whose curves are drawn at once. */
export const MOST_CURVES = 100;

const MOST_METRICS = 10_000;
const MOST_FIELDS = 60; // params and tags by which the runs can be grouped
const AGAIN = 15_000; // milliseconds until runs that go on are asked for new metrics
const FIRST = 3_000; // the same while they have none

/** Runs whose curves are drawn. */
export interface CurveRuns {
  /** The first that fit, with the params and tags in which they differ once these are read. */
  readonly rows: readonly RunRow[];
  /** How many fit in all. */
  readonly total: number;
  /** The metrics that they have. */
  readonly metrics: readonly string[];
}

/** Which runs' curves are drawn. */
export interface CurvesAsked extends Omit<RunQuery, "columns"> {
  /** The params and tags that are read of each; those in which they differ when absent. */
  readonly fields?: readonly string[] | undefined;
}

type Asked = Omit<CurvesAsked, "fields">;

const NONE: readonly string[] = [];

/** The first rows of a question. */
export const firstRows = ({ fields = NONE, ...asked }: CurvesAsked) => rowsQuery(asked, fields);

const rowsQuery = (asked: Asked, columns: readonly string[]) =>
  queryOptions({
    queryKey: ["runs", "curves", asked, columns],
    queryFn: ({ signal }) => runRowsWhere({ ...asked, columns }, MOST_CURVES, signal),
    placeholderData: keepPreviousData,
  });

const metricsQuery = (asked: Asked, ids: readonly string[], live: boolean) =>
  queryOptions({
    queryKey: ["runs", "metrics of curves", asked.experiments, asked.deleted, ids],
    queryFn: async ({ signal }) => {
      const request = { ...about(asked, ids), kinds: ["metric" as const], limit: MOST_METRICS };
      const found = await call(listRunKeys, request, signal);
      return (found.keys ?? []).map(({ key }) => key);
    },
    enabled: ids.length > 0,
    refetchInterval: ({ state }) => live && (state.data?.length ? AGAIN : FIRST),
    placeholderData: keepPreviousData,
  });

/** The params and tags in which the runs differ, without the tags that programs set. */
const fieldsQuery = (asked: Asked, ids: readonly string[]) =>
  queryOptions({
    queryKey: ["runs", "fields of curves", asked.experiments, asked.deleted, ids],
    queryFn: async ({ signal }) => {
      const kinds: ("param" | "tag")[] = ["param", "tag"];
      const request = { ...about(asked, ids), kinds, varying: true, limit: MOST_FIELDS };
      const found = await call(listRunKeys, request, signal);
      return (found.keys ?? [])
        .filter(({ kind, key }) => kind === "param" || !key.startsWith("mlflow."))
        .map(({ kind, key }) => field(kind === "param" ? "params" : "tags", key));
    },
    enabled: ids.length > 1,
    placeholderData: keepPreviousData,
  });

const about = ({ experiments, deleted }: Asked, ids: readonly string[]) => ({
  experiment_ids: [...experiments],
  filter: `attributes.run_id IN (${ids.map((id) => `'${id}'`).join(", ")})`,
  run_view_type: deleted ? ("DELETED_ONLY" as const) : ("ACTIVE_ONLY" as const),
});

/** Whether a run goes on. */
export const goesOn = ({ status }: Pick<RunRow, "status">) =>
  status === "RUNNING" || status === "SCHEDULED";

/** The first runs of a question, and what their curves need. */
export function useCurveRuns({ fields: wanted, ...asked }: CurvesAsked) {
  const plain = useQuery(rowsQuery(asked, wanted ?? NONE));
  const more = (plain.data?.length ?? 0) >= MOST_CURVES;
  const total = useQuery({ ...totalQuery(asked, call), enabled: more });
  const listed = JSON.stringify(plain.data?.map(({ id }) => id).sort() ?? []);
  const ids = useMemo(() => JSON.parse(listed) as string[], [listed]);
  const live = plain.data?.some(goesOn) ?? false;
  const metrics = useQuery(metricsQuery(asked, ids, live));
  const differing = fieldsQuery(asked, ids);
  const enabled = wanted === undefined && differing.enabled;
  const fields = useQuery({ ...differing, enabled }).data ?? NONE;
  const full = useQuery({ ...rowsQuery(asked, fields), enabled: enabled && fields.length > 0 });
  const rest = enabled ? full.data : undefined;
  const known = useMemo(() => new Map(rest?.map((row) => [row.id, row])), [rest]);
  const data = useMemo((): CurveRuns | undefined => {
    if (!plain.data || (ids.length && !metrics.data)) return undefined;
    const rows = plain.data.map((row) => ({
      ...row,
      values: known.get(row.id)?.values ?? row.values,
    }));
    return {
      rows,
      total: Math.max(total.data ?? 0, rows.length),
      metrics: ids.length ? (metrics.data ?? []) : [],
    };
  }, [plain.data, known, metrics.data, total.data, ids]);
  return {
    data,
    isOld: plain.isPlaceholderData,
    error: plain.error ?? metrics.error,
    refetch: () => void (plain.error ? plain.refetch() : metrics.refetch()),
  };
}
