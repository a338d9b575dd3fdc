import { useNavigate } from "@tanstack/react-router";
import { type ReactNode, useMemo } from "react";
import { useMetricKeys, useRun } from "../../api/runs";
import { useLiveSeries } from "../../api/series";
import { ErrorNote } from "../../components/ErrorNote";
import { Skeleton } from "../../components/Skeleton";
import { colourOf } from "../../lib/colour";
import { compact } from "../../lib/search";
import { strings as shell } from "../../strings";
import type { ChartRun } from "../charts/MetricChart";
import { MetricCharts } from "../charts/MetricCharts";
import { type ChartView, isNudge } from "../charts/view";
import frame from "./RunParts.module.css";
import { runRoute } from "./route";

interface RunChartsProps {
  /** The address of the tab, which keeps what is shown. */
  to: "/runs/$runId/metrics" | "/runs/$runId/system";
  view: ChartView;
  /** Which metrics belong here. */
  shows: (key: string) => boolean;
  /** What stands above the charts. */
  above?: (keys: readonly string[]) => ReactNode;
  /** What is said where there is no such metric. */
  none: ReactNode;
}

/** The charts of those of a run's metrics that belong to a tab. */
export function RunCharts({ to, view, shows, above, none }: RunChartsProps) {
  const { runId } = runRoute.useParams();
  const navigate = useNavigate();
  const run = useRun(runId).data;
  const { run_name, status, start_time } = run?.info ?? {};
  const runs = useMemo(() => {
    const live = status === "RUNNING" || status === "SCHEDULED";
    const look = { colour: colourOf(runId), dash: undefined };
    return [{ id: runId, name: run_name ?? runId, start: start_time ?? 0, live, ...look }];
  }, [runId, run_name, start_time, status]);
  const { data: keys, isError, error, refetch } = useMetricKeys(runId, status === "RUNNING");
  const shown = useMemo(() => keys?.filter(shows) ?? [], [keys, shows]);
  if (isError && !keys)
    return <ErrorNote title={shell.keysFailed} problem={error} onRetry={() => void refetch()} />;
  if (!keys) return <Skeleton lines={8} />;
  return (
    <div className={frame.stack}>
      {above?.(keys)}
      {shown.length ? (
        <MetricCharts
          runs={runs}
          keys={shown}
          view={view}
          onView={(change) =>
            void navigate({
              to,
              params: { runId },
              search: (old: ChartView) => compact({ ...old, ...change }),
              replace: isNudge(change, view),
              resetScroll: false,
            })
          }
        />
      ) : (
        <None runs={runs}>{none}</None>
      )}
    </div>
  );
}

/** What is said in place of charts, until a run that goes on has logged something. */
function None({ runs, children }: { runs: readonly ChartRun[]; children: ReactNode }) {
  useLiveSeries(
    runs.filter((run) => run.live),
    [],
  );
  return children;
}
