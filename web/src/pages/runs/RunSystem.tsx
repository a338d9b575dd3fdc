import { Link } from "@tanstack/react-router";
import { serverUrl } from "../../api/client";
import { useExperiment } from "../../api/experiments";
import { useRun } from "../../api/runs";
import type { Run } from "../../api/schema.gen";
import { Code } from "../../components/Code";
import { Empty } from "../../components/Empty";
import { Facts } from "../../components/Facts";
import { Panel } from "../../components/Panel";
import { Skeleton } from "../../components/Skeleton";
import { isSystem } from "../../lib/keys";
import type { ChartView } from "../charts/view";
import { computerItems, pythonItem, useEnvironment } from "./computer";
import type { Environment } from "./facts";
import { RunCharts } from "./RunCharts";
import { runRoute, systemRoute } from "./route";
import { strings } from "./strings";

/** The metrics of the computer a run ran on, and what that computer is. */
export function RunSystem() {
  const { runId } = runRoute.useParams();
  const view = systemRoute.useSearch();
  const run = useRun(runId).data;
  return run && <Charts run={run} view={view} />;
}

function Charts({ run, view }: { run: Run; view: ChartView }) {
  const { environment, isPending } = useEnvironment(run);
  if (isPending) return <Skeleton lines={8} />; // or the charts would make room for it later
  return (
    <RunCharts
      to="/runs/$runId/system"
      view={view}
      shows={isSystem}
      above={() => <Computer run={run} environment={environment} />}
      none={<NoSystem run={run} />}
    />
  );
}

/** The computer in short. */
function Computer({ run, environment }: { run: Run; environment: Environment | undefined }) {
  const items = [...computerItems(run, environment), pythonItem(environment)];
  if (!items.some(([, value]) => value)) return null;
  const all = (
    <Link to="/runs/$runId/environment" params={{ runId: run.info.run_id }}>
      {strings.tabs.environment}
    </Link>
  );
  return (
    <Panel title={strings.computer} actions={all}>
      <Facts items={items} across />
    </Panel>
  );
}

function NoSystem({ run }: { run: Run }) {
  const name = useExperiment(run.info.experiment_id).data?.name;
  const lines = [
    "import mlflow",
    "",
    `mlflow.set_tracking_uri("${serverUrl}")`,
    ...(name ? [`mlflow.set_experiment(${JSON.stringify(name)})`] : []),
    "mlflow.enable_system_metrics_logging()",
    "with mlflow.start_run():",
    "    train()",
  ];
  return (
    <Empty title={strings.noSystem}>
      <p>{strings.noSystemText}</p>
      <Code label={strings.noSystem} text={lines.join("\n")} />
    </Empty>
  );
}
