import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { only } from "../../lib/search";
import { rootRoute } from "../../root";
import { readAudit } from "./filter";

export const auditRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/audit",
  validateSearch: only(readAudit),
  component: lazyRouteComponent(() => import("./Audit"), "Audit"),
});

export const auditEventRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/audit/$sequence",
  component: lazyRouteComponent(() => import("./AuditEvent"), "AuditEvent"),
});
