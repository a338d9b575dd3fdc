import type { Event } from "../../api/schema.gen";
import { csvLine } from "../../lib/csv";

export type Format = "csv" | "jsonl";

const FIELDS = "sequence time actor via action object before after comment details address".split(
  " ",
);

export const HEAD: Record<Format, string> = { csv: csvLine(FIELDS), jsonl: "" };

/** How an event is written in a file: CSV has what is no text as JSON, and times in UTC. */
export const FORMATS: Record<Format, { type: string; line: (event: Event) => string }> = {
  csv: {
    type: "text/csv",
    line: (event) =>
      csvLine([
        String(event.sequence),
        new Date(event.time).toISOString(),
        event.actor,
        event.via,
        event.action,
        event.object,
        json(event.before),
        json(event.after),
        event.comment ?? "",
        json(event.details),
        event.address ?? "",
      ]),
  },
  jsonl: { type: "application/jsonl", line: (event) => `${JSON.stringify(event)}\n` },
};

const json = (value: Record<string, unknown> | undefined) =>
  value && Object.keys(value).length ? JSON.stringify(value) : "";
