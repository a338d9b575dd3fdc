import { createRoute, lazyRouteComponent, redirect } from "@tanstack/react-router";
import { only, type Query } from "../../lib/search";
import { rootRoute } from "../../root";
import { readFiles } from "../files/view";
import { readLineage } from "../lineage/search";

/** A version's header and tabs; each tab is a route below it. */
export const versionRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/models/$name/versions/$version",
  component: lazyRouteComponent(() => import("./Version"), "VersionFrame"),
});

const indexRoute = createRoute({
  getParentRoute: () => versionRoute,
  path: "/",
  beforeLoad: ({ params }) => {
    throw redirect({ to: "/models/$name/versions/$version/overview", params, replace: true });
  },
});

const overviewRoute = createRoute({
  getParentRoute: () => versionRoute,
  path: "/overview",
  component: lazyRouteComponent(() => import("./VersionOverview"), "VersionOverview"),
});

export const historyRoute = createRoute({
  getParentRoute: () => versionRoute,
  path: "/history",
  validateSearch: only((query: Query): { loads?: false } =>
    query.loads === false ? { loads: false } : {},
  ),
  component: lazyRouteComponent(() => import("./VersionHistory"), "VersionHistory"),
});

export const filesRoute = createRoute({
  getParentRoute: () => versionRoute,
  path: "/files",
  validateSearch: only(readFiles),
  component: lazyRouteComponent(() => import("./VersionFiles"), "VersionFiles"),
});

export const lineageRoute = createRoute({
  getParentRoute: () => versionRoute,
  path: "/lineage",
  validateSearch: only(readLineage),
  component: lazyRouteComponent(() => import("../lineage/LineageTab"), "LineageTab"),
});

const tryRoute = createRoute({
  getParentRoute: () => versionRoute,
  path: "/try",
  component: lazyRouteComponent(() => import("./VersionTry"), "VersionTry"),
});

export const versionRoutes = versionRoute.addChildren([
  indexRoute,
  overviewRoute,
  filesRoute,
  lineageRoute,
  historyRoute,
  tryRoute,
]);
