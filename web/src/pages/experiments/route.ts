import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import type { ExperimentsAsked } from "../../api/experiments";
import { queries } from "../../api/queries";
import { FEW_KEYS, runKeys } from "../../api/runKeys";
import {
  choice,
  compact,
  only,
  pair,
  type Query,
  readSorts,
  text,
  texts,
  writeSorts,
} from "../../lib/search";
import { rootRoute } from "../../root";
import { type ChartView, readView } from "../charts/view";
import { askAhead } from "./ahead";

export const experimentsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/experiments",
  validateSearch: only(
    (query: Query): ExperimentsAsked =>
      compact({
        q: text(query, "q"),
        folder: text(query, "folder"),
        tag: pair(query.tag),
        view: choice(query, "view", ["archived"]),
        metric: text(query, "metric"),
      }),
  ),
  component: lazyRouteComponent(() => import("./Experiments"), "Experiments"),
});

export const STATISTICS = ["mean", "min", "max", "count"] as const;
export type Statistic = (typeof STATISTICS)[number];

/** What the runs table shows. */
export interface RunsSearch {
  filter?: string;
  /** Columns that it is sorted by, the greatest first with a "-". */
  sort?: string | string[];
  /** Columns; those that vary when absent. */
  cols?: string[];
  /** Those of them that stay at the left. */
  pin?: string[];
  /** Deleted runs instead of the others, or the charts of the runs beside the table. */
  view?: "deleted" | "split";
  /** Selected runs: ids with commas, or all. */
  sel?: string;
  /** What the runs are grouped by, as a field of the search language. */
  by?: string;
  /**
   * Whether nested runs stand below their parents: while there is no filter, always, or not; when
   * absent as with "tree", if there are nested runs at all.
   */
  nest?: "tree" | "always" | "flat";
  /** What of a group's metrics is shown. */
  stat?: Exclude<Statistic, "mean">;
  /** Groups that are open; of nested runs, those that are not as all others are. */
  open?: string[];
  /** The run beside the table. */
  peek?: string;
}

/** A part of it that is to change; undefined takes it away. */
export type Change = { [K in keyof TableSearch]?: TableSearch[K] | undefined };

/** The part of an address that says which runs are shown, and how. */
export const readRuns = (query: Query): RunsSearch =>
  compact({
    filter: text(query, "filter"),
    sort: writeSorts(readSorts(query.sort)),
    by: text(query, "by"),
    nest: choice(query, "nest", ["tree", "always", "flat"]),
    stat: choice(query, "stat", ["min", "max", "count"]),
    open: texts(query, "open"),
    peek: text(query, "peek"),
    view: choice(query, "view", ["deleted", "split"]),
    sel: text(query, "sel"),
    pin: texts(query, "pin"),
    cols: Array.isArray(query.cols) ? (texts(query, "cols") ?? []) : undefined,
  }) as RunsSearch;

/** What the table shows, and with it the charts beside it. */
export interface TableSearch extends RunsSearch, ChartView {}

/** Of charts the address of a table says something only where they are seen. */
export function readTable(query: Query): TableSearch {
  const runs = readRuns(query);
  return runs.view === "split" ? { ...readView(query), ...runs } : runs;
}

const validateSearch = only(readTable);

export const experimentRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/experiments/$experimentId",
  validateSearch,
  loaderDeps: ({ search }) => ({ chosen: search.cols !== undefined }),
  // The rows wait for what varies: it is asked for while the page's code is on its way.
  loader: ({ params, deps, cause, location }) => {
    const search = readTable(location.search);
    if (search.view === "split" && cause === "enter") askAhead(params.experimentId, search);
    else if (!deps.chosen && cause !== "preload")
      void queries.prefetchQuery(runKeys([params.experimentId], true, "", FEW_KEYS));
  },
  component: lazyRouteComponent(() => import("./Experiment"), "Experiment"),
});
