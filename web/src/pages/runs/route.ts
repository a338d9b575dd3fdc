import { createRoute, lazyRouteComponent, redirect } from "@tanstack/react-router";
import { isSystem } from "../../lib/keys";
import { only } from "../../lib/search";
import { rootRoute } from "../../root";
import { type ChartView, readView } from "../charts/view";
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
  // Metrics of the computer were shown here, too, and addresses of their charts were kept.
  beforeLoad: ({ params, search }: { params: { runId: string }; search: ChartView }) => {
    if (search.keys?.length && search.keys.every(isSystem)) {
      throw redirect({ to: "/runs/$runId/system", params, search, replace: true });
    }
  },
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

export const systemRoute = createRoute({
  getParentRoute: () => runRoute,
  path: "/system",
  validateSearch: only(readView),
  component: lazyRouteComponent(() => import("./RunSystem"), "RunSystem"),
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
  systemRoute,
  logsRoute,
  lineageRoute,
]);
