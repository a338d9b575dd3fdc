import type { Event } from "../../api/schema.gen";

/** A field of an event, as it was and as it is; empty where it is not there. */
export interface Change {
  readonly field: string;
  readonly before: string;
  readonly after: string;
}

/** All fields of an event in their order, those that changed first. */
export function changesIn({ before = {}, after = {} }: Event): Change[] {
  const fields = [...new Set([...Object.keys(after), ...Object.keys(before)])];
  const all = fields.map((field) => ({
    field,
    before: written(before[field]),
    after: written(after[field]),
  }));
  const same = (change: Change) => Number(change.before === change.after);
  return all.sort((a, b) => same(a) - same(b));
}

/** The changes in one line. */
export function inShort(event: Event): string {
  const parts = changesIn(event)
    .filter(({ before, after }) => before !== after)
    .map(({ field, before, after }) => `${field}: ${before ? `${before} → ` : ""}${after || "–"}`);
  return parts.join(" · ");
}

/** A value as people read it: texts as they are, the rest as JSON. */
export function written(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "string") return value;
  const text = JSON.stringify(value, null, 1).replace(/\n\s*/g, " ");
  return text === "{}" || text === "[]" ? "" : text;
}
