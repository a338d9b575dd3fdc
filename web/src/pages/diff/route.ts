import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { compact, only, type Query } from "../../lib/search";
import { rootRoute } from "../../root";

/** What a comparison of versions shows. */
export interface DiffSearch {
  /** Whether what is the same is shown too. */
  all?: true;
}

const validateSearch = only(
  (query: Query): DiffSearch =>
    compact({ all: query.all === true ? true : undefined }) as DiffSearch,
);

/** Two versions of a model; each is a number, `@alias`, or a stage for what holds it. */
export const diffRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/models/$name/diff/$before/$after",
  validateSearch,
  component: lazyRouteComponent(() => import("./Diff"), "Diff"),
});

/** The newest version against the one in Production. */
export const anyDiffRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/models/$name/diff",
  validateSearch,
  component: lazyRouteComponent(() => import("./Diff"), "AnyDiff"),
});
