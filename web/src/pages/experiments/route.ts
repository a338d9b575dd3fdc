import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { compact, text, texts } from "../../lib/search";
import { rootRoute } from "../../root";

export const experimentsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/experiments",
  validateSearch: (query: Record<string, unknown>): { q?: string } =>
    compact({ q: text(query, "q") }) as { q?: string },
  component: lazyRouteComponent(() => import("./Experiments"), "Experiments"),
});

/** What the runs table shows: a filter, an order, columns; those that vary when absent. */
export interface RunsSearch {
  filter?: string;
  sort?: string;
  cols?: string[];
}

export const experimentRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/experiments/$experimentId",
  validateSearch: (query: Record<string, unknown>): RunsSearch =>
    compact({
      filter: text(query, "filter"),
      sort: text(query, "sort"),
      cols: Array.isArray(query.cols) ? (texts(query, "cols") ?? []) : undefined,
    }) as RunsSearch,
  component: lazyRouteComponent(() => import("./Experiment"), "Experiment"),
});
