import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { choice, compact, text, texts } from "../../lib/search";
import { rootRoute } from "../../root";

export const experimentsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/experiments",
  validateSearch: (query: Record<string, unknown>): { q?: string } =>
    compact({ q: text(query, "q") }) as { q?: string },
  component: lazyRouteComponent(() => import("./Experiments"), "Experiments"),
});

/** What the runs table shows. */
export interface RunsSearch {
  filter?: string;
  sort?: string;
  /** Columns; those that vary when absent. */
  cols?: string[];
  /** Deleted runs instead of the others. */
  view?: "deleted";
  /** Selected runs: ids with commas, or all. */
  sel?: string;
}

export const experimentRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/experiments/$experimentId",
  validateSearch: (query: Record<string, unknown>): RunsSearch =>
    compact({
      filter: text(query, "filter"),
      sort: text(query, "sort"),
      view: choice(query, "view", ["deleted"]),
      sel: text(query, "sel"),
      cols: Array.isArray(query.cols) ? (texts(query, "cols") ?? []) : undefined,
    }) as RunsSearch,
  component: lazyRouteComponent(() => import("./Experiment"), "Experiment"),
});
