import { useEffect, useMemo } from "react";
import { ApiError } from "../../api/client";
import { goesOn, MOST_CURVES, useCurveRuns } from "../../api/curveRuns";
import { ErrorNote } from "../../components/ErrorNote";
import { Skeleton } from "../../components/Skeleton";
import { type Stroke, strokesOf } from "../../lib/colour";
import { readSorts } from "../../lib/search";
import type { RunRow } from "../../lib/table";
import type { RunsSearch } from "../experiments/route";
import { curvesAsked } from "./curvesAsked";
import type { ChartRun } from "./MetricChart";
import { MetricCharts } from "./MetricCharts";
import { NoRunsDrawn } from "./NoRunsDrawn";
import styles from "./Parallel.module.css";
import { runStrings as strings } from "./runStrings";
import type { ChartView } from "./view";

/** What the curves of an experiment's runs show. */
export interface CurvesSearch extends RunsSearch, ChartView {}

export type CurvesChange = { [K in keyof CurvesSearch]?: CurvesSearch[K] | undefined };

interface CurvesProps {
  experiments: readonly string[];
  search: CurvesSearch;
  onChange: (part: CurvesChange) => void;
  /** Whether a table of the runs is beside them, which says what their lines are. */
  beside?: boolean;
  /** Called with the runs that are drawn. */
  onRuns?: (runs: readonly ChartRun[]) => void;
}

/** The metrics of the runs of an experiment that fit a filter, as curves. */
export function Curves({ experiments, search, onChange, beside = false, onRuns }: CurvesProps) {
  const found = useCurveRuns(curvesAsked(experiments, search, beside));
  const rows = found.data?.rows;
  const runs = useMemo(() => drawnRuns(rows ?? []), [rows]);
  useEffect(() => onRuns?.(runs), [onRuns, runs]);
  if (found.error && !found.data) {
    const refused = found.error instanceof ApiError && found.error.status === 400;
    return (
      <ErrorNote
        title={refused ? strings.refused : strings.failed}
        problem={found.error}
        onRetry={refused ? undefined : found.refetch}
      />
    );
  }
  if (!found.data) return <Skeleton lines={12} />;
  const { total, metrics } = found.data;
  if (!runs.length) {
    return <NoRunsDrawn experiments={experiments} search={search} onChange={onChange} />;
  }
  const some = readSorts(search.sort).length ? strings.firstCurves : strings.newestCurves;
  return (
    <div className={found.isOld ? styles.old : undefined}>
      {metrics.length > 0 && (
        <p className={styles.drawn} role="status">
          {total > runs.length ? some(MOST_CURVES, total) : strings.allCurves(runs.length)}
        </p>
      )}
      <MetricCharts
        runs={runs}
        keys={metrics}
        view={search}
        onView={onChange}
        legend={!beside}
        narrow={beside}
      />
    </div>
  );
}

/** The oldest choose their colours first, so that one that is new changes none. */
function drawnRuns(rows: readonly RunRow[]): ChartRun[] {
  const strokes = strokesOf([...rows].sort((a, b) => a.start - b.start).map(({ id }) => id));
  const times = new Map<string, number>();
  for (const { name } of rows) times.set(name, (times.get(name) ?? 0) + 1);
  return rows.map((row) => ({
    id: row.id,
    name: (times.get(row.name) ?? 0) > 1 ? `${row.name} ${row.id.slice(0, 6)}` : row.name,
    start: row.start,
    live: goesOn(row),
    fields: new Map([...row.values].map(([key, value]) => [key, String(value)])),
    ...(strokes.get(row.id) as Stroke),
  }));
}
