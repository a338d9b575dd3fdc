import { count } from "../../lib/number";

export const strings = {
  title: "Audit",
  sub: "Every change to experiments, runs' lives, models, people and rights: who, when, what and why. You see what concerns the things that you may read.",
  failed: "The history could not be read.",
  filters: "Filters",
  actor: "Who",
  token: "Token",
  address: "From address",
  action: "What",
  actionHint: "version. or version.created",
  object: "Object",
  why: "Reason",
  whyHint: "words in it",
  from: "From",
  to: "Until",
  last: "Last…",
  spans: [
    ["hour", "Hour", 3_600_000],
    ["day", "24 hours", 86_400_000],
    ["week", "7 days", 604_800_000],
    ["month", "30 days", 2_592_000_000],
  ] as const,
  clear: "Clear filters",
  live: "Live",
  liveTitle: "Show events as they happen, or let the page stand still",
  total: (count: string) => `${count} events in the log`,
  shown: (first: string, last: string) => `Events ${first} to ${last}`,
  newest: "Newest",
  newer: "Newer",
  older: "Older",
  pages: "Pages",
  none: "No event fits these filters",
  filteredOut: (hidden: number) =>
    `${count(hidden, "event is", "events are")} hidden by these filters.`,
  nothing: "Nothing has happened here yet",
  nothingText: "Whatever is done to experiments, runs, models and users from now on stands here.",
  end: "There is nothing older",
  heads: {
    sequence: "Event",
    time: "When",
    actor: "Who",
    action: "What",
    object: "Object",
    change: "Before → after",
    reason: "Reason",
    what: "What",
    story: "Before → after, reason",
    via: "Logged in by",
  },
  exportAs: "Export",
  csv: "As CSV",
  jsonl: "As JSON Lines",
  exporting: (count: string) => `${count} events read`,
  exported: (count: string) => `${count} events saved`,
  exportFailed: "The export has failed",
  stop: "Stop",
  verify: "Verify",
  event: (sequence: string) => `Event ${sequence}`,
  hidden: "You may not see what this event is about",
  hiddenText:
    "It is in the log, and the log proves it; its contents are for those who may read its object, and for admins.",
  oneFailed: "The event could not be read.",
  what: "What happened",
  reason: "Reason",
  noReason: "No reason was given.",
  exactly: "Exactly",
  changes: "Before and after",
  noChanges: "The event has no fields.",
  field: "Field",
  before: "Before",
  after: "After",
  grounds: "On what grounds",
  ofObject: "All of this object",
  ofActor: "All by this user",
  ofToken: "All with this token",
  ofAddress: "All from this address",
  previous: "Event before",
  next: "Event after",
} as const;

/** What the check says, in plain words. */
export const proof = {
  title: "Proof",
  intro:
    "Your browser asks for the log's signed checkpoint and a proof that this event is under it, and checks both itself.",
  which: "Event",
  run: "Check it now",
  again: "Check again",
  failed: "The proof could not be read.",
  notHere:
    "This page came over plain http, where browsers offer no cryptography. Check with the commands below, or open the page over https.",
  unsigned:
    "This event is not under a checkpoint yet: a server signs within a second. Check again.",
  good: "It holds",
  bad: "It does not hold",
  badText:
    "What the server showed and what it signed do not agree. Keep this page, and run the commands below on another machine.",
  states: { good: "Holds", bad: "Does not hold", unknown: "Not checked" },
  key: "The key that you know",
  keyHint: "As you got it by another way than from this server; this browser remembers it.",
  entry: {
    good: (hash: string) =>
      `The entry of this event hashes to ${hash}…, which is its leaf in the log.`,
    bad: "The entry of this event is not the one that the log holds at its place.",
  },
  texts: {
    good: (count: number) =>
      count === 1
        ? "Its free text is the one that was recorded."
        : `Its ${count} free texts are those that were recorded.`,
    none: "It has no free text.",
    erased: (count: number) =>
      `${count === 1 ? "A text was" : `${count} texts were`} erased since; the rest stays proved.`,
    bad: "A text is not the one that was recorded.",
  },
  path: {
    good: (hashes: number, size: string) =>
      `${hashes} more hashes lead from it to the root over all ${size} entries, as the checkpoint states it. Not a byte of the entry, nor its place, was changed since it was signed.`,
    bad: "The proof does not lead to the root that the checkpoint states.",
  },
  signature: {
    good: (size: string) => `The checkpoint over ${size} entries is signed by the log's key.`,
    unknown: "This browser is too old to check Ed25519 signatures; the commands below do.",
    bad: "The checkpoint is not signed by the key that it names.",
  },
  known: {
    good: "The key is the one that you know.",
    unknown: "Whose key it is only you can tell: compare it with one that you got by another way.",
    bad: "It is not the key that you know. It may have been replaced by `cuvee audit rotate-key`; the commands below tell.",
  },
  kept: {
    good: (size: string) =>
      `The log still begins with the ${size} entries that this browser saw under an earlier checkpoint: none of them was changed, removed or moved since.`,
    unknown:
      "This browser has seen no earlier checkpoint of this log. It keeps one that holds, and compares the next with it.",
    bad: (size: string) =>
      `The log does not continue the ${size} entries that this browser saw under an earlier checkpoint, or another key signs it now.`,
  },
  limits:
    "The page that checks came from the same server. An auditor checks elsewhere, with a key and checkpoints that were kept elsewhere:",
  offline: "Commands",
  whole: "# the whole log, on any machine with cuvee",
  bundle: "# this object's events with their proofs, for somebody without cuvee, offline",
} as const;
