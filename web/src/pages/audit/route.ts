import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { rootRoute } from "../../root";
import { readAudit } from "./filter";

export const auditRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/audit",
  validateSearch: readAudit,
  component: lazyRouteComponent(() => import("./Audit"), "Audit"),
});

export const auditEventRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/audit/$sequence",
  component: lazyRouteComponent(() => import("./AuditEvent"), "AuditEvent"),
});
