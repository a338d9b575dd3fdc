import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import type { ModelsAsked } from "../../api/models";
import { choice, choices, compact, only, pair, type Query, text } from "../../lib/search";
import { rootRoute } from "../../root";

export interface ModelsSearch extends ModelsAsked {
  /** What they are sorted by; the last changed first when absent. */
  sort?: string | undefined;
}

export const modelsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/models",
  validateSearch: only(
    (query: Query): ModelsSearch =>
      compact({
        q: text(query, "q"),
        folder: text(query, "folder"),
        tag: pair(query.tag),
        stage: text(query, "stage"),
        owner: text(query, "owner"),
        metric: text(query, "metric"),
        sort: text(query, "sort"),
      }),
  ),
  component: lazyRouteComponent(() => import("./Models"), "Models"),
});

export const MODEL_TABS = ["board", "versions", "metrics", "history", "settings"] as const;
export type ModelTab = (typeof MODEL_TABS)[number];

export const VERSION_COLUMNS = [
  "stage",
  "aliases",
  "description",
  "run",
  "by",
  "registered",
  "loads",
] as const;
export type VersionColumn = (typeof VERSION_COLUMNS)[number];

export interface ModelSearch {
  tab?: ModelTab;
  /** The metric that the board and the chart show; the first that there is when absent. */
  metric?: string;
  /** Which stage, and when, the history is asked about. */
  stage?: string;
  at?: string;
  /** The columns of the versions; the usual ones when absent. */
  cols?: readonly VersionColumn[];
}

export const modelRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/models/$name",
  validateSearch: only(
    (query: Query): ModelSearch =>
      compact({
        tab: choice(query, "tab", MODEL_TABS),
        metric: text(query, "metric"),
        stage: text(query, "stage"),
        at: text(query, "at"),
        cols: choices(query, "cols", VERSION_COLUMNS),
      }) as ModelSearch,
  ),
  component: lazyRouteComponent(() => import("./Model"), "Model"),
});
