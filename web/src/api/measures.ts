import { queryOptions, useQuery } from "@tanstack/react-query";
import { field, literal } from "../lib/filter";
import { rowsOf } from "../lib/table";
import { call } from "./client";
import { runsById } from "./compare";
import { listRunKeys, type ModelVersion, searchRunTable } from "./schema.gen";

const ASKED = 5; // runs that say in which experiments a model's runs are
const MOST = 10_000; // runs of a model whose metric is read

/** A metric of a model's versions: those of their runs that one may read. */
export interface Measures {
  /** The keys that there are, those of most runs first. */
  readonly keys: readonly string[];
  /** The one that was read: the one asked for, else the first. */
  readonly key: string;
  /** By the version's number. */
  readonly values: ReadonlyMap<string, number>;
}

const NOTHING: Measures = { keys: [], key: "", values: new Map() };

const keysOf = (name: string, experiments: readonly string[]) =>
  queryOptions({
    queryKey: ["runs", "keys of model", name, experiments],
    queryFn: async ({ signal }) => {
      const asked = { experiment_ids: [...experiments], filter: `model.name = ${literal(name)}` };
      const found = await call(listRunKeys, { ...asked, kinds: ["metric"] }, signal);
      return (found.keys ?? []).map(({ key }) => key);
    },
    enabled: experiments.length > 0,
  });

const valuesOf = (name: string, experiments: readonly string[], key: string) =>
  queryOptions({
    queryKey: ["runs", "metric of model", name, experiments, key],
    queryFn: async ({ signal }) => {
      const column = field("metrics", key);
      const asked = {
        experiment_ids: [...experiments],
        filter: `model.name = ${literal(name)}`,
        columns: ["run_id", column],
      };
      const found = new Map<string, number>();
      for (let token: string | null | undefined = ""; token !== null && token !== undefined; ) {
        const more: { page_token?: string } = token ? { page_token: token } : {};
        const table = await call(searchRunTable, { ...asked, ...more, limit: 1000 }, signal);
        for (const row of rowsOf(table)) {
          const [value] = row.values.values();
          if (typeof value === "number") found.set(row.id, value);
        }
        token = found.size < MOST ? table.next_page_token : null;
      }
      return found;
    },
    enabled: experiments.length > 0 && key !== "",
  });

/** A metric of the runs that a model's versions were registered from. */
export function useMeasures(
  name: string,
  versions: readonly ModelVersion[],
  asked: string | undefined,
): Measures {
  const runs = [...new Set(versions.map((v) => v.run_id ?? "").filter(Boolean))];
  const known = useQuery(runsById(spread(runs, ASKED), [])).data?.runs ?? [];
  const experiments = [...new Set(known.map((run) => run.info.experiment_id))].sort();
  const keys = useQuery(keysOf(name, experiments)).data ?? [];
  const key = asked ?? keys[0] ?? "";
  const values = useQuery(valuesOf(name, experiments, key)).data;
  if (!values) return { ...NOTHING, keys, key };
  const entries = versions.flatMap((v): [string, number][] => {
    const value = values.get(v.run_id ?? "");
    return value === undefined ? [] : [[v.version, value]];
  });
  return { keys, key, values: new Map(entries) };
}

/** Some of many, from the first to the last. */
function spread<T>(all: readonly T[], most: number): T[] {
  if (all.length <= most) return [...all];
  const step = (all.length - 1) / (most - 1);
  return Array.from({ length: most }, (_, i) => all[Math.round(i * step)] as T);
}
