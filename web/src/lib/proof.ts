import type { Checkpoint, Consistency, Event, Inclusion, LogEntry } from "../api/schema.gen";
import { bytes, continues, hex, leafHash, rootWith, same, sha256 } from "./merkle";
import { readCheckpoint, signatureOf } from "./note";

/** What stands in an event where a text was. */
export const ERASED = "[erased]";
const COMMITMENT = "commitment:";
/** The field of who asked from where; only admins are sent its text, and no other is told of it. */
const ADDRESS = "details.address";

type Json = Record<string, unknown>;
const record = (value: unknown): Json =>
  value !== null && typeof value === "object" && !Array.isArray(value) ? (value as Json) : {};

/** The event that an entry of the log tells of, with its texts; undefined when it is hidden. */
export function eventOf({ sequence, entry, texts = [] }: LogEntry): Event | undefined {
  if (entry === null) return undefined;
  const told = record(JSON.parse(entry));
  const text = (field: string, value: unknown) =>
    isCommitment(value) ? (texts.find((t) => t.field === field)?.text ?? ERASED) : value;
  const side = (name: "before" | "after") =>
    Object.fromEntries(
      Object.entries(record(told[name])).map(([key, v]) => [key, text(`${name}.${key}`, v)]),
    );
  const { address, ...grounds } = record(told.details);
  const from = texts.find(({ field }) => field === ADDRESS)?.text;
  return {
    sequence,
    time: Number(told.time),
    actor: String(told.actor),
    via: String(told.via),
    action: String(told.action),
    object: String(told.object),
    before: side("before"),
    after: side("after"),
    comment: String(text("comment", told.comment) ?? ""),
    details: isCommitment(address) ? grounds : record(told.details),
    ...(from && { address: from }),
  };
}

const isCommitment = (value: unknown): value is string =>
  typeof value === "string" && value.startsWith(COMMITMENT);

/** The commitments of an entry by field. */
function commitmentsOf(told: Json): Map<string, string> {
  const found = new Map<string, string>();
  if (isCommitment(told.comment)) found.set("comment", told.comment);
  for (const name of ["before", "after", "details"]) {
    for (const [key, value] of Object.entries(record(told[name]))) {
      if (isCommitment(value)) found.set(`${name}.${key}`, value);
    }
  }
  return found;
}

/** The checkpoint that this browser saw before; `root` is in base64. */
export interface Kept {
  readonly size: number;
  readonly root: string;
  readonly key: string;
  readonly time: number;
}

/** What the server has sent, and what is known without it. */
export interface Evidence {
  readonly entry: LogEntry;
  readonly inclusion: Inclusion;
  readonly checkpoint: Checkpoint;
  /** The key that the reader has by another way; empty when there is none. */
  readonly known?: string;
  /** What this browser saw of the same log, and the proof that the log continues it. */
  readonly kept?: Kept | undefined;
  readonly consistency?: Consistency | undefined;
}

/** One thing that was looked at, and how it was found. */
export interface Finding {
  readonly what: "entry" | "texts" | "path" | "signature" | "key" | "kept";
  readonly state: "good" | "bad" | "unknown";
  /** How many: texts, hashes on the way, entries. */
  readonly count: number;
  /** How many texts were erased. */
  readonly erased?: number;
  /** A hash, a time or a key. */
  readonly value?: string;
}

/** Check, here and now, that an event is in the log that a key has signed. */
export async function check(given: Evidence): Promise<Finding[]> {
  const { entry, inclusion, checkpoint } = given;
  const stated = readCheckpoint(checkpoint.note, checkpoint.key);
  const leaf = await leafHash(entry.entry ?? "");
  const claimed = bytes(inclusion.leaf);
  const proof = inclusion.proof.map((hash) => bytes(hash) ?? new Uint8Array());
  const root = stated && (await rootWith(leaf, entry.sequence - 1, stated.size, proof));
  const whole = Boolean(stated && root && same(root, stated.root));
  const signature = stated ? await signatureOf(checkpoint.note, checkpoint.key) : "bad";
  const right = entry.entry !== null && claimed !== undefined && same(leaf, claimed);
  return [
    { what: "entry", state: right ? "good" : "bad", count: 0, value: hex(leaf) },
    await checkTexts(entry),
    {
      what: "path",
      state: whole ? "good" : "bad",
      count: proof.length,
      value: String(stated?.size ?? 0),
    },
    { what: "signature", state: signature, count: stated?.size ?? 0, value: checkpoint.key },
    {
      what: "key",
      state: !given.known ? "unknown" : given.known === checkpoint.key ? "good" : "bad",
      count: 0,
      value: checkpoint.key,
    },
    await checkKept(given),
  ];
}

async function checkTexts({ entry, texts = [] }: LogEntry): Promise<Finding> {
  const promised = commitmentsOf(entry === null ? {} : record(JSON.parse(entry)));
  let right = true;
  for (const { field, salt, text } of texts) {
    const raw = salt.match(/../g)?.map((pair) => Number.parseInt(pair, 16)) ?? [];
    const found = hex(await sha256(Uint8Array.from(raw), new TextEncoder().encode(text)));
    right &&= promised.get(field) === COMMITMENT + found;
  }
  const gone = (field: string) => field !== ADDRESS && !texts.some((t) => t.field === field);
  const erased = [...promised.keys()].filter(gone).length;
  return { what: "texts", state: right ? "good" : "bad", count: texts.length, erased };
}

async function checkKept({ checkpoint, kept, consistency }: Evidence): Promise<Finding> {
  const stated = readCheckpoint(checkpoint.note, checkpoint.key);
  const about = { what: "kept", count: kept?.size ?? 0, value: String(kept?.time ?? 0) } as const;
  const root = kept && bytes(kept.root);
  if (!kept || !root) return { ...about, state: "unknown" };
  if (kept.key !== checkpoint.key) return { ...about, state: "bad", value: kept.key };
  const proof = (consistency?.proof ?? []).map((hash) => bytes(hash) ?? new Uint8Array());
  const goesOn = stated && (await continues({ size: kept.size, root }, stated, proof));
  return { ...about, state: goesOn ? "good" : "bad" };
}

/** What to keep of a checkpoint that was found right; the larger one stays. */
export function toKeep({ checkpoint, kept }: Evidence): Kept | undefined {
  const stated = readCheckpoint(checkpoint.note, checkpoint.key);
  if (!stated || (kept && kept.size >= stated.size)) return kept;
  const root = btoa(String.fromCharCode(...stated.root));
  return { size: stated.size, root, key: checkpoint.key, time: stated.time };
}
