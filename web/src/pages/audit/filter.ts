import type { EventFilter } from "../../api/audit";
import { compact, type Query, text } from "../../lib/search";

/** Which events are shown; the newest when neither `before` nor `after` says otherwise. */
export interface AuditSearch {
  actor?: string;
  /** Id of the token that was used. */
  token?: string;
  /** The IP address from which it was done. */
  address?: string;
  action?: string;
  object?: string;
  /** Words of the reason. */
  why?: string;
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
    token: text(query, "token"),
    address: text(query, "address"),
    action: text(query, "action"),
    object: text(query, "object"),
    why: text(query, "why"),
    since: moment(query, "since"),
    until: moment(query, "until"),
    before,
    after: before ? undefined : place(query, "after"),
  }) as AuditSearch;
};

const MODEL = "model:";

/** What an address asks for, as the server is asked; a model brings its versions. */
export function filterOf(search: AuditSearch): EventFilter {
  const { actor, token, address, action, object, why, since, until } = search;
  const model = object?.startsWith(MODEL) ? object.slice(MODEL.length) : undefined;
  return {
    actor,
    token,
    address,
    action,
    object: model ? undefined : object,
    model: model || undefined,
    comment: why,
    from_time: since ? Date.parse(since) : undefined,
    to_time: until ? Date.parse(until) : undefined,
  };
}

/** A moment as the address has it. */
export const stamp = (time: number) => new Date(time).toISOString().replace(/\.\d+Z$/, "Z");

/** A moment as an input of the browser's own zone has it, to the minute. */
export function localOf(moment: string | undefined): string {
  if (!moment) return "";
  const date = new Date(moment);
  const shifted = new Date(date.getTime() - date.getTimezoneOffset() * 60_000);
  return shifted.toISOString().slice(0, 16);
}
