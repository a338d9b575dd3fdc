import { useNavigate } from "@tanstack/react-router";
import { useMemo } from "react";
import { serverUrl } from "../../api/client";
import { useMetricKeys, useRun } from "../../api/runs";
import { useLiveSeries } from "../../api/series";
import { Code } from "../../components/Code";
import { Empty } from "../../components/Empty";
import { ErrorNote } from "../../components/ErrorNote";
import { Skeleton } from "../../components/Skeleton";
import { colourOf } from "../../lib/colour";
import { compact } from "../../lib/search";
import { strings as shell } from "../../strings";
import type { ChartRun } from "../charts/MetricChart";
import { MetricCharts } from "../charts/MetricCharts";
import { isNudge } from "../charts/view";
import { metricsRoute, runRoute } from "./route";
import { strings } from "./strings";

/** The charts of a run's metrics. */
export function RunMetrics() {
  const { runId } = runRoute.useParams();
  const view = metricsRoute.useSearch();
  const navigate = useNavigate();
  const run = useRun(runId).data;
  const { run_name, status, start_time } = run?.info ?? {};
  const runs = useMemo(() => {
    const live = status === "RUNNING" || status === "SCHEDULED";
    const look = { colour: colourOf(runId), dash: undefined };
    return [{ id: runId, name: run_name ?? runId, start: start_time ?? 0, live, ...look }];
  }, [runId, run_name, start_time, status]);
  const { data: keys, isError, error, refetch } = useMetricKeys(runId, status === "RUNNING");
  if (isError && !keys)
    return <ErrorNote title={shell.keysFailed} problem={error} onRetry={() => void refetch()} />;
  if (!keys) return <Skeleton lines={8} />;
  if (!keys.length) return <NoMetrics runs={runs} />;
  return (
    <MetricCharts
      runs={runs}
      keys={keys}
      view={view}
      onView={(change) =>
        void navigate({
          to: "/runs/$runId/metrics",
          params: { runId },
          search: (old) => compact({ ...old, ...change }),
          replace: isNudge(change, view),
          resetScroll: false,
        })
      }
    />
  );
}

function NoMetrics({ runs }: { runs: readonly ChartRun[] }) {
  useLiveSeries(
    runs.filter((run) => run.live),
    [],
  );
  const lines = [
    "import cuvee",
    "",
    `cuvee.set_tracking_uri("${serverUrl}")`,
    `with cuvee.start_run(run_id="${runs[0]?.id}"):`,
    '    cuvee.log_metric("loss", 0.5, step=1)',
  ];
  return (
    <Empty title={strings.noMetrics}>
      <p>{strings.noMetricsText}</p>
      <Code label={strings.noMetricsText} text={lines.join("\n")} />
    </Empty>
  );
}
