import { useNavigate } from "@tanstack/react-router";
import { useMemo } from "react";
import { ApiError } from "../../api/client";
import { goesOn, MOST_CURVES, useCurveRuns } from "../../api/curveRuns";
import { useExperiment } from "../../api/experiments";
import { Empty } from "../../components/Empty";
import { ErrorNote } from "../../components/ErrorNote";
import { Page } from "../../components/Page";
import { Skeleton } from "../../components/Skeleton";
import { type Stroke, strokesOf } from "../../lib/colour";
import { both } from "../../lib/filter";
import { compact, readSorts } from "../../lib/search";
import type { RunRow } from "../../lib/table";
import { ExperimentTabs } from "../experiments/ExperimentTabs";
import { FilterBox } from "../experiments/FilterBox";
import type { ChartRun } from "./MetricChart";
import { MetricCharts } from "./MetricCharts";
import { NoRunsDrawn } from "./NoRunsDrawn";
import styles from "./Parallel.module.css";
import { type ExperimentMetricsSearch, experimentMetricsRoute } from "./route";
import { runStrings as strings } from "./runStrings";
import { Selected, selectedOnly } from "./Selected";

const LATEST = ["attributes.start_time DESC"];

type Change = { [K in keyof ExperimentMetricsSearch]?: ExperimentMetricsSearch[K] | undefined };

/** The metrics of an experiment's runs as curves. */
export function ExperimentMetrics() {
  const { experimentId } = experimentMetricsRoute.useParams();
  const search = experimentMetricsRoute.useSearch();
  const name = useExperiment(experimentId).data?.name ?? experimentId;
  const navigate = useNavigate();
  const experiments = useMemo(() => [experimentId], [experimentId]);
  const change = (part: Change) =>
    void navigate({
      to: "/experiments/$experimentId/metrics",
      params: { experimentId },
      search: (old) => compact({ ...old, ...part }) as ExperimentMetricsSearch,
      replace: "q" in part || "smooth" in part,
      resetScroll: false,
    });
  return (
    <Page
      title={name}
      above={[{ name: strings.experiments, to: "/experiments" }]}
      sub={<ExperimentTabs experimentId={experimentId} active="metrics" search={search} />}
    >
      <div className={styles.page}>
        <FilterBox
          experiments={experiments}
          value={search.filter ?? ""}
          onChange={(text) => change({ filter: text || undefined })}
        />
        <Selected sel={search.sel} onAll={() => change({ sel: undefined })} />
        <Curves experiments={experiments} search={search} onChange={change} />
      </div>
    </Page>
  );
}

interface CurvesProps {
  experiments: readonly string[];
  search: ExperimentMetricsSearch;
  onChange: (part: Change) => void;
}

function Curves({ experiments, search, onChange }: CurvesProps) {
  const { filter = "", sort, sel, view } = search;
  const sorts = readSorts(sort);
  const order = sorts.map(({ key, descending }) => `${key} ${descending ? "DESC" : "ASC"}`);
  const found = useCurveRuns({
    experiments,
    filter: both(filter, selectedOnly(sel)),
    order: order.length ? order : LATEST,
    deleted: view === "deleted",
  });
  const rows = found.data?.rows;
  const runs = useMemo(() => drawnRuns(rows ?? []), [rows]);
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
  if (!runs.length) return <NoRunsDrawn search={search} onChange={onChange} />;
  if (!metrics.length) {
    return (
      <Empty title={strings.noMetrics}>
        <p>{strings.noMetricsText}</p>
      </Empty>
    );
  }
  const some = sorts.length ? strings.firstCurves : strings.newestCurves;
  return (
    <div className={found.isOld ? styles.old : undefined}>
      <p className={styles.drawn} role="status">
        {total > runs.length ? some(MOST_CURVES, total) : strings.allCurves(runs.length)}
      </p>
      <MetricCharts runs={runs} keys={metrics} view={search} onView={onChange} legend />
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
