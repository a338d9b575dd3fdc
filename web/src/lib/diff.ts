import type { DatasetInput, Run } from "../api/schema.gen";
import { isSystem } from "./keys";

export const KINDS = ["params", "metrics", "system", "datasets", "tags", "about"] as const;
export type Kind = (typeof KINDS)[number];

/** One key of several runs: what each has for it, undefined where it has nothing. */
export interface DiffRow {
  readonly kind: Kind;
  readonly key: string;
  readonly values: readonly (string | undefined)[];
  readonly differs: boolean;
}

const RESERVED = "mlflow.";
const USE = "mlflow.data.context";
/** Tags of the client's that say how a run came about. */
const ORIGINS: Record<string, string> = {
  "mlflow.source.name": "source",
  "mlflow.source.git.commit": "git commit",
  "mlflow.parentRunId": "parent run",
};

/** What runs have, side by side: keys that differ first, then by kind and key. */
export function compared(runs: readonly Run[]): DiffRow[] {
  const found = new Map<string, { kind: Kind; key: string; values: (string | undefined)[] }>();
  for (const [i, run] of runs.entries()) {
    for (const [kind, key, value] of facts(run)) {
      const id = `${kind} ${key}`;
      const row = found.get(id) ?? { kind, key, values: new Array(runs.length).fill(undefined) };
      row.values[i] = value;
      found.set(id, row);
    }
  }
  const rows = [...found.values()].map((row) => ({
    ...row,
    differs: row.values.some((value) => value !== row.values[0]),
  }));
  const order = new Intl.Collator("en", { numeric: true });
  return rows.sort(
    (a, b) =>
      Number(b.differs) - Number(a.differs) ||
      KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind) ||
      order.compare(a.key, b.key),
  );
}

function* facts({ info, data, inputs }: Run): Generator<[Kind, string, string]> {
  for (const { key, value } of data.params ?? []) yield ["params", key, value ?? ""];
  for (const { key, value } of data.metrics ?? []) {
    yield [isSystem(key) ? "system" : "metrics", key, String(value)];
  }
  for (const { key, value } of data.tags ?? []) {
    if (!key.startsWith(RESERVED)) yield ["tags", key, value ?? ""];
    else if (ORIGINS[key]) yield ["about", ORIGINS[key], value ?? ""];
  }
  yield ["about", "status", info.status];
  if (info.user_id) yield ["about", "user", info.user_id];
  yield* datasets(inputs?.dataset_inputs ?? []);
}

/** What a run has read, by name and use; of several digests of one name all. */
function* datasets(read: readonly DatasetInput[]): Generator<[Kind, string, string]> {
  const found = new Map<string, string[]>();
  for (const { dataset, tags = [] } of read) {
    const use = tags.find(({ key }) => key === USE)?.value;
    const key = use ? `${dataset.name}, ${use}` : dataset.name;
    found.set(key, [...(found.get(key) ?? []), dataset.digest]);
  }
  for (const [key, digests] of found) yield ["datasets", key, digests.sort().join(", ")];
}

/** How far a metric is from that of another run; undefined when it cannot be said. */
export function distance(value: string | undefined, from: string | undefined): number | undefined {
  if (value === undefined || from === undefined) return undefined;
  const away = Number(value) - Number(from);
  return Number.isFinite(away) ? away : undefined;
}
