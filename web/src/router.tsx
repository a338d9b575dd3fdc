import { createRouter } from "@tanstack/react-router";
import { prefix } from "./api/client";
import { Broken } from "./components/Broken";
import { NotFound } from "./components/NotFound";
import { Skeleton } from "./components/Skeleton";
import { readAddress, writeAddress } from "./lib/address";
import { approvalsRoute, requestRoute } from "./pages/approvals/route";
import { auditEventRoute, auditRoute } from "./pages/audit/route";
import { experimentChartsRoute, experimentMetricsRoute } from "./pages/charts/route";
import { compareRoute } from "./pages/compare/route";
import { anyDiffRoute, diffRoute } from "./pages/diff/route";
import { experimentRoute, experimentsRoute } from "./pages/experiments/route";
import { homeRoute } from "./pages/home/route";
import { modelRoute, modelsRoute } from "./pages/models/route";
import { runRoutes } from "./pages/runs/route";
import { settingsRoutes } from "./pages/settings/route";
import { versionRoutes } from "./pages/versions/route";
import { rootRoute } from "./root";

export const router = createRouter({
  routeTree: rootRoute.addChildren([
    homeRoute,
    experimentsRoute,
    experimentRoute,
    experimentMetricsRoute,
    experimentChartsRoute,
    runRoutes,
    compareRoute,
    modelsRoute,
    modelRoute,
    versionRoutes,
    diffRoute,
    anyDiffRoute,
    approvalsRoute,
    requestRoute,
    auditRoute,
    auditEventRoute,
    settingsRoutes,
  ]),
  basepath: prefix || "/",
  parseSearch: readAddress,
  stringifySearch: writeAddress,
  defaultPreload: "intent",
  defaultPendingMs: 150,
  defaultPendingComponent: () => <Skeleton lines={8} />,
  defaultNotFoundComponent: NotFound,
  defaultErrorComponent: Broken,
  scrollRestoration: true,
  scrollToTopSelectors: ["#main"],
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
