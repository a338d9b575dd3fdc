import { Tabs } from "../../components/Tabs";
import type { Query } from "../../lib/search";
import { type RunsSearch, readRuns } from "./route";
import { strings } from "./strings";

interface ExperimentTabsProps {
  experimentId: string;
  active: "table" | "metrics" | "charts";
  /** Which runs are shown; it goes along. */
  search: RunsSearch;
}

const PATHS = {
  table: "/experiments/$experimentId",
  metrics: "/experiments/$experimentId/metrics",
  charts: "/experiments/$experimentId/charts",
} as const;

/** The runs of an experiment as a table, as curves of their metrics, and drawn one by one. */
export function ExperimentTabs({ experimentId, active, search }: ExperimentTabsProps) {
  const kept = readRuns(search as Query);
  const tabs = (["table", "metrics", "charts"] as const).map((tab) => ({
    name: strings.tabs[tab],
    active: tab === active,
    link: { to: PATHS[tab], params: { experimentId }, search: kept } as object,
  }));
  return <Tabs label={strings.tabs.label} tabs={tabs} />;
}
