import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { choice, compact, type Query } from "../../lib/search";
import { rootRoute } from "../../root";

export const TABS = ["review", "mine", "done", "emergencies"] as const;
export type ApprovalsTab = (typeof TABS)[number];
export type RequestsTab = Exclude<ApprovalsTab, "emergencies">;

export const approvalsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/approvals",
  validateSearch: (query: Query): { tab?: ApprovalsTab } =>
    compact({ tab: choice(query, "tab", TABS) }) as { tab?: ApprovalsTab },
  component: lazyRouteComponent(() => import("./Approvals"), "Approvals"),
});

export const requestRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/approvals/$id",
  component: lazyRouteComponent(() => import("./Request"), "Request"),
});
