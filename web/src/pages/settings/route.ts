import { createRoute, lazyRouteComponent, redirect } from "@tanstack/react-router";
import { choice, compact, only, type Query, text } from "../../lib/search";
import { rootRoute } from "../../root";

/** The frame of all settings; each part is a route below it. */
export const settingsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/settings",
  component: lazyRouteComponent(() => import("./Settings"), "Settings"),
});

const indexRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: "/",
  beforeLoad: () => {
    throw redirect({ to: "/settings/tokens", search: {}, replace: true });
  },
});

export const tokensRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: "/tokens",
  validateSearch: only(
    (query: Query): { all?: true } =>
      compact({ all: query.all === true ? true : undefined }) as { all?: true },
  ),
  component: lazyRouteComponent(() => import("./Tokens"), "Tokens"),
});

const usersRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: "/users",
  component: lazyRouteComponent(() => import("./Users"), "Users"),
});

const groupsRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: "/groups",
  component: lazyRouteComponent(() => import("./Groups"), "Groups"),
});

export const LEVELS = [
  "CAN_READ",
  "CAN_EDIT",
  "CAN_MANAGE_STAGING_VERSIONS",
  "CAN_MANAGE_PRODUCTION_VERSIONS",
  "CAN_MANAGE",
  "CAN_CREATE",
] as const;

/** What the permissions page shows: an explanation, and some grants. */
export interface PermissionsSearch {
  /** Who (oneself when absent) asks for what on what. */
  who?: string;
  level?: (typeof LEVELS)[number];
  object?: string;
  stage?: string;
  /** Whose grants are listed (`user:ann`, `group:risk`), or on what. */
  of?: string;
  on?: string;
}

export const permissionsRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: "/permissions",
  validateSearch: only(
    (query: Query): PermissionsSearch =>
      compact({
        who: text(query, "who"),
        level: choice(query, "level", LEVELS),
        object: text(query, "object"),
        stage: text(query, "stage"),
        of: text(query, "of"),
        on: text(query, "on"),
      }) as PermissionsSearch,
  ),
  component: lazyRouteComponent(() => import("./Permissions"), "Permissions"),
});

const webhooksRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: "/webhooks",
  component: lazyRouteComponent(() => import("./Webhooks"), "Webhooks"),
});

export const STATES = ["pending", "delivered", "dead", "cancelled"] as const;

export const webhookRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: "/webhooks/$webhookId",
  validateSearch: only(
    (query: Query): { state?: (typeof STATES)[number] } =>
      compact({ state: choice(query, "state", STATES) }) as { state?: (typeof STATES)[number] },
  ),
  component: lazyRouteComponent(() => import("./Webhook"), "Webhook"),
});

const appearanceRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: "/appearance",
  component: lazyRouteComponent(() => import("./Appearance"), "Appearance"),
});

export const settingsRoutes = settingsRoute.addChildren([
  indexRoute,
  tokensRoute,
  usersRoute,
  groupsRoute,
  permissionsRoute,
  webhooksRoute,
  webhookRoute,
  appearanceRoute,
]);
