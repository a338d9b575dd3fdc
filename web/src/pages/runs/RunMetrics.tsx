import { Link } from "@tanstack/react-router";
import { useCallback } from "react";
import { serverUrl } from "../../api/client";
import { Code } from "../../components/Code";
import { Empty } from "../../components/Empty";
import { isSystem } from "../../lib/keys";
import { RunCharts } from "./RunCharts";
import frame from "./RunParts.module.css";
import { metricsRoute, runRoute } from "./route";
import { strings } from "./strings";

/** The charts of a run's metrics, but for those of the computer. */
export function RunMetrics() {
  const { runId } = runRoute.useParams();
  const view = metricsRoute.useSearch();
  // An address that names some of the computer's beside others shows them all together.
  const named = view.keys?.filter(isSystem).join("\n") ?? "";
  const shows = useCallback((key: string) => !isSystem(key) || named !== "", [named]);
  return (
    <RunCharts
      to="/runs/$runId/metrics"
      view={view}
      shows={shows}
      above={(keys) => (
        <Elsewhere runId={runId} metrics={keys.filter((key) => !shows(key)).length} />
      )}
      none={<NoMetrics runId={runId} />}
    />
  );
}

/** Says where the metrics of the computer are. */
function Elsewhere({ runId, metrics }: { runId: string; metrics: number }) {
  if (!metrics) return null;
  return (
    <p className={frame.bar}>
      {strings.systemMetrics(metrics)}
      <Link to="/runs/$runId/system" params={{ runId }}>
        {strings.tabs.system}
      </Link>
    </p>
  );
}

function NoMetrics({ runId }: { runId: string }) {
  const lines = [
    "import cuvee",
    "",
    `cuvee.set_tracking_uri("${serverUrl}")`,
    `with cuvee.start_run(run_id="${runId}"):`,
    '    cuvee.log_metric("loss", 0.5, step=1)',
  ];
  return (
    <Empty title={strings.noMetrics}>
      <p>{strings.noMetricsText}</p>
      <Code label={strings.noMetricsText} text={lines.join("\n")} />
    </Empty>
  );
}
