import { createRoute, lazyRouteComponent, redirect } from "@tanstack/react-router";
import { only } from "../../lib/search";
import { rootRoute } from "../../root";
import { readView } from "../charts/view";
import { readFiles } from "../files/view";
import { readLineage } from "../lineage/search";

/** A run's header and tabs; each tab is a route below it. */
export const runRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/runs/$runId",
  component: lazyRouteComponent(() => import("./Run"), "RunFrame"),
});

const indexRoute = createRoute({
  getParentRoute: () => runRoute,
  path: "/",
  beforeLoad: ({ params }) => {
    throw redirect({ to: "/runs/$runId/overview", params, replace: true });
  },
});

const overviewRoute = createRoute({
  getParentRoute: () => runRoute,
  path: "/overview",
  component: lazyRouteComponent(() => import("./RunOverview"), "RunOverview"),
});

export const metricsRoute = createRoute({
  getParentRoute: () => runRoute,
  path: "/metrics",
  validateSearch: only(readView),
  component: lazyRouteComponent(() => import("./RunMetrics"), "RunMetrics"),
});

export const artifactsRoute = createRoute({
  getParentRoute: () => runRoute,
  path: "/artifacts",
  validateSearch: only(readFiles),
  component: lazyRouteComponent(() => import("./RunFiles"), "RunFiles"),
});

const codeRoute = createRoute({
  getParentRoute: () => runRoute,
  path: "/code",
  component: lazyRouteComponent(() => import("./RunCode"), "RunCode"),
});

const environmentRoute = createRoute({
  getParentRoute: () => runRoute,
  path: "/environment",
  component: lazyRouteComponent(() => import("./RunEnvironment"), "RunEnvironment"),
});

const logsRoute = createRoute({
  getParentRoute: () => runRoute,
  path: "/logs",
  component: lazyRouteComponent(() => import("./RunLogs"), "RunLogs"),
});

export const lineageRoute = createRoute({
  getParentRoute: () => runRoute,
  path: "/lineage",
  validateSearch: only(readLineage),
  component: lazyRouteComponent(() => import("../lineage/LineageTab"), "LineageTab"),
});

export const runRoutes = runRoute.addChildren([
  indexRoute,
  overviewRoute,
  metricsRoute,
  artifactsRoute,
  codeRoute,
  environmentRoute,
  logsRoute,
  lineageRoute,
]);
