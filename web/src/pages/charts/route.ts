import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { compact, type Query, text } from "../../lib/search";
import { rootRoute } from "../../root";
import { type RunView, readRunView } from "./runView";

/** What the charts of an experiment show. */
export interface ExperimentChartsSearch extends RunView {
  filter?: string;
}

export const experimentChartsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/experiments/$experimentId/charts",
  validateSearch: (query: Query): ExperimentChartsSearch =>
    compact({ filter: text(query, "filter"), ...readRunView(query) }) as ExperimentChartsSearch,
  component: lazyRouteComponent(() => import("./ExperimentCharts"), "ExperimentCharts"),
});
