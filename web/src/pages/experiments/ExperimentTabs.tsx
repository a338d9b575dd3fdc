import { Tabs } from "../../components/Tabs";
import type { Query } from "../../lib/search";
import { type RunsSearch, readRuns } from "./route";
import { strings } from "./strings";

interface ExperimentTabsProps {
  experimentId: string;
  active: keyof typeof PATHS;
  /** Which runs are shown; it goes along. */
  search: RunsSearch;
}

const PATHS = {
  table: "/experiments/$experimentId",
  split: "/experiments/$experimentId",
  metrics: "/experiments/$experimentId/metrics",
  charts: "/experiments/$experimentId/charts",
} as const;

/** The runs of an experiment as a table, curves of their metrics, both, and drawn one by one. */
export function ExperimentTabs({ experimentId, active, search }: ExperimentTabsProps) {
  const { view, ...runs } = readRuns(search as Query);
  const kept = view === "deleted" ? { ...runs, view } : runs;
  const tabs = (["table", "split", "metrics", "charts"] as const).map((tab) => {
    const shown = tab === "split" ? { ...runs, view: "split" } : kept;
    return {
      name: strings.tabs[tab],
      active: tab === active,
      link: { to: PATHS[tab], params: { experimentId }, search: shown } as object,
    };
  });
  return <Tabs label={strings.tabs.label} tabs={tabs} />;
}
