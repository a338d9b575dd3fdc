import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { choice, compact, only, type Query, text } from "../../lib/search";
import { rootRoute } from "../../root";

export const TABS = ["review", "mine", "done", "emergencies"] as const;
export type ApprovalsTab = (typeof TABS)[number];
export type RequestsTab = Exclude<ApprovalsTab, "emergencies">;

export interface ApprovalsSearch {
  tab?: ApprovalsTab;
  /** The only model whose requests are shown; all when absent. */
  model?: string;
}

export const approvalsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/approvals",
  validateSearch: only(
    (query: Query): ApprovalsSearch =>
      compact({ tab: choice(query, "tab", TABS), model: text(query, "model") }) as ApprovalsSearch,
  ),
  component: lazyRouteComponent(() => import("./Approvals"), "Approvals"),
});

export const requestRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/approvals/$id",
  component: lazyRouteComponent(() => import("./Request"), "Request"),
});
