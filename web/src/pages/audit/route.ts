import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { compact, type Query, text } from "../../lib/search";
import { rootRoute } from "../../root";

/** Which events are shown; the newest when neither `before` nor `after` says otherwise. */
export interface AuditSearch {
  actor?: string;
  action?: string;
  object?: string;
  /** Times as RFC 3339 writes them. */
  since?: string;
  until?: string;
  /** Sequences: the page ends before, or begins after, this event. */
  before?: number;
  after?: number;
}

const place = (query: Query, key: string) => {
  const found = Number(text(query, key));
  return Number.isSafeInteger(found) && found > 0 ? found : undefined;
};

const moment = (query: Query, key: string) => {
  const found = text(query, key);
  return found && !Number.isNaN(Date.parse(found)) ? found : undefined;
};

export const readAudit = (query: Query): AuditSearch => {
  const before = place(query, "before");
  return compact({
    actor: text(query, "actor"),
    action: text(query, "action"),
    object: text(query, "object"),
    since: moment(query, "since"),
    until: moment(query, "until"),
    before,
    after: before ? undefined : place(query, "after"),
  }) as AuditSearch;
};

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
