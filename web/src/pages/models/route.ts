import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { choice, compact, text } from "../../lib/search";
import { rootRoute } from "../../root";

export const modelsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/models",
  validateSearch: (query: Record<string, unknown>): { q?: string } =>
    compact({ q: text(query, "q") }) as { q?: string },
  component: lazyRouteComponent(() => import("./Models"), "Models"),
});

export const MODEL_TABS = ["board", "versions", "history"] as const;
export type ModelTab = (typeof MODEL_TABS)[number];

export const modelRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/models/$name",
  validateSearch: (query: Record<string, unknown>): { tab?: ModelTab } =>
    compact({ tab: choice(query, "tab", MODEL_TABS) }) as { tab?: ModelTab },
  component: lazyRouteComponent(() => import("./Model"), "Model"),
});
