import { Outlet, useLocation } from "@tanstack/react-router";
import { useExperiment } from "../../api/experiments";
import { useRun } from "../../api/runs";
import { Badge, StatusBadge, statusName } from "../../components/Badge";
import type { Crumb } from "../../components/Breadcrumbs";
import { Loaded } from "../../components/Loaded";
import { Page } from "../../components/Page";
import frame from "../../components/PageParts.module.css";
import { Tabs } from "../../components/Tabs";
import { announce, useChanges } from "../../state/announced";
import { RunAbout } from "./RunAbout";
import { RunActions } from "./RunActions";
import { runRoute } from "./route";
import { strings } from "./strings";

/** Tabs that take the height that is left. */
const FULL = new Set(["artifacts", "logs"]);

/** A run's header; its tabs are routes below. A new tab is a line here and a route in route.ts. */
export function RunFrame() {
  const { runId } = runRoute.useParams();
  const query = useRun(runId);
  const info = query.data?.info;
  const experiment = useExperiment(info?.experiment_id ?? "").data;
  useChanges(info, (now, before) => {
    if (now.run_id === before.run_id && now.status !== before.status) {
      announce(strings.became(now.run_name, statusName(now.status)));
    }
  });
  const here = useLocation().pathname.split("/").at(-1);
  const above: Crumb[] = [{ name: strings.above, to: "/experiments" }];
  if (info) {
    const to = `/experiments/${info.experiment_id}`;
    above.push({ name: experiment?.name ?? info.experiment_id, to });
  }
  const marks = info && (
    <>
      <StatusBadge status={info.status} />
      {info.lifecycle_stage === "deleted" && <Badge tone="bad">{strings.deleted}</Badge>}
    </>
  );
  const { metrics = 0, systemMetrics = 0 } = query.data ?? {};
  const tabs = [
    {
      name: strings.tabs.overview,
      active: here === "overview",
      link: { to: "/runs/$runId/overview", params: { runId } },
    },
    {
      name: strings.tabs.metrics,
      count: metrics - systemMetrics,
      active: here === "metrics",
      link: { to: "/runs/$runId/metrics", params: { runId } },
    },
    {
      name: strings.tabs.artifacts,
      active: here === "artifacts",
      link: { to: "/runs/$runId/artifacts", params: { runId } },
    },
    {
      name: strings.tabs.code,
      active: here === "code",
      link: { to: "/runs/$runId/code", params: { runId } },
    },
    {
      name: strings.tabs.environment,
      active: here === "environment",
      link: { to: "/runs/$runId/environment", params: { runId } },
    },
    {
      name: strings.tabs.system,
      count: systemMetrics,
      active: here === "system",
      link: { to: "/runs/$runId/system", params: { runId } },
    },
    {
      name: strings.tabs.logs,
      active: here === "logs",
      link: { to: "/runs/$runId/logs", params: { runId } },
    },
    {
      name: strings.tabs.lineage,
      active: here === "lineage",
      link: { to: "/runs/$runId/lineage", params: { runId } },
    },
  ] as const;
  const full = FULL.has(here ?? "");
  return (
    <Page
      title={info?.run_name ?? runId.slice(0, 8)}
      above={above}
      marks={marks}
      actions={query.data && <RunActions run={query.data} />}
      sub={<RunAbout run={query.data} />}
      full={full}
    >
      <Loaded query={query} failed={strings.failed} lines={10}>
        {() => (
          <div className={full ? frame.full : frame.parts}>
            <Tabs label={strings.tabs.label} tabs={tabs} />
            <Outlet />
          </div>
        )}
      </Loaded>
    </Page>
  );
}
