import { createRoute, lazyRouteComponent, redirect } from "@tanstack/react-router";
import { rootRoute } from "../../root";

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

const historyRoute = createRoute({
  getParentRoute: () => versionRoute,
  path: "/history",
  component: lazyRouteComponent(() => import("./VersionHistory"), "VersionHistory"),
});

export const versionRoutes = versionRoute.addChildren([indexRoute, overviewRoute, historyRoute]);
