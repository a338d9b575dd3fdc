import type { EventFilter } from "../../api/audit";
import type { AuditSearch } from "./route";

const MODEL = "model:";

/** What an address asks for, as the server is asked; a model brings its versions. */
export function filterOf({ actor, action, object, since, until }: AuditSearch): EventFilter {
  const model = object?.startsWith(MODEL) ? object.slice(MODEL.length) : undefined;
  return {
    actor,
    action,
    object: model ? undefined : object,
    model: model || undefined,
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
