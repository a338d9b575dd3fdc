import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { only, type Query } from "../../lib/search";
import { rootRoute } from "../../root";
import { type RunsSearch, readRuns } from "../experiments/route";
import type { CurvesSearch } from "./Curves";
import { type RunView, readRunView } from "./runView";
import { readView } from "./view";

/** What the charts of an experiment show. */
export interface ExperimentChartsSearch extends RunsSearch, RunView {}

export const experimentChartsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/experiments/$experimentId/charts",
  validateSearch: only(
    (query: Query): ExperimentChartsSearch => ({
      ...readRuns(query),
      ...readRunView(query),
    }),
  ),
  component: lazyRouteComponent(() => import("./ExperimentCharts"), "ExperimentCharts"),
});

export const experimentMetricsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/experiments/$experimentId/metrics",
  validateSearch: only(
    (query: Query): CurvesSearch => ({
      ...readRuns(query),
      ...readView(query),
    }),
  ),
  component: lazyRouteComponent(() => import("./ExperimentMetrics"), "ExperimentMetrics"),
});
