import type { Run } from "../api/schema.gen";

/** A key of a run's metrics or params. */
export interface Key {
  readonly kind: "metrics" | "params";
  readonly key: string;
}

/** The keys in which runs differ, metrics first, the most different first; at most some. */
export function varying(runs: readonly Run[], most: number): Key[] {
  const found = new Map<string, { key: Key; values: Set<string>; times: number }>();
  const see = (kind: Key["kind"], key: string, value: string) => {
    const id = `${kind}.${key}`;
    const entry = found.get(id) ?? { key: { kind, key }, values: new Set<string>(), times: 0 };
    entry.values.add(value);
    entry.times += 1;
    found.set(id, entry);
  };
  for (const { data } of runs) {
    for (const metric of data.metrics ?? []) see("metrics", metric.key, String(metric.value));
    for (const param of data.params ?? []) see("params", param.key, param.value ?? "");
  }
  const all = [...found.values()];
  // With one run, or equal ones, nothing differs: what there is is shown then.
  const differ = all.filter(({ values, times }) => values.size > 1 || times < runs.length);
  const chosen = differ.length ? differ : all;
  return chosen
    .sort(
      (a, b) =>
        a.key.kind.localeCompare(b.key.kind) ||
        b.values.size - a.values.size ||
        a.key.key.localeCompare(b.key.key),
    )
    .slice(0, most)
    .map(({ key }) => key);
}
