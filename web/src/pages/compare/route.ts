import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { KINDS, type Kind } from "../../lib/diff";
import { choice, compact, only, type Query, text } from "../../lib/search";
import { rootRoute } from "../../root";
import { type RunView, readRunView } from "../charts/runView";
import { type ChartView, readView } from "../charts/view";

export const PARTS = ["charts", "plots", "scatter", "code", "environment", "artifacts"] as const;

const LOOKS = ["swipe", "lines"] as const;

/** What a comparison shows. */
export interface CompareSearch extends ChartView, RunView {
  /** Runs as `writtenIds` names them; the others are compared with the first. */
  runs?: string;
  /** Ids of their experiments, so that one call finds them. */
  in?: string;
  /** The part that is open; what differs when absent. */
  tab?: (typeof PARTS)[number];
  /** Whether what is equal is shown too. */
  all?: true;
  kind?: Kind;
  /** What the scatter plot has on its axes, as fields of the search language. */
  sx?: string;
  sy?: string;
  /** The run that is compared with the first one line by line; the second one when absent. */
  with?: string;
  /** The file that is. */
  path?: string;
  /** How it is shown in place of the usual: images one over the other, tables as lines. */
  look?: (typeof LOOKS)[number];
}

export const compareRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/compare",
  validateSearch: only(
    (query: Query): CompareSearch =>
      compact({
        runs: text(query, "runs"),
        in: text(query, "in"),
        tab: choice(query, "tab", PARTS),
        all: query.all === true ? true : undefined,
        kind: choice(query, "kind", KINDS),
        sx: text(query, "sx"),
        sy: text(query, "sy"),
        with: text(query, "with"),
        path: text(query, "path"),
        look: choice(query, "look", LOOKS),
        ...readView(query),
        ...readRunView(query),
      }) as CompareSearch,
  ),
  component: lazyRouteComponent(() => import("./Compare"), "Compare"),
});
