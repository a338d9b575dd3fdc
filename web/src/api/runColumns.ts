import { queryOptions } from "@tanstack/react-query";
import { callAlone } from "./client";
import { type RunTable, searchRunTable, type TableColumn } from "./schema.gen";

/** Many runs, column by column. */
export interface RunColumns {
  readonly ids: readonly string[];
  readonly names: readonly string[];
  /** By field; undefined where a run has nothing. */
  readonly cells: ReadonlyMap<string, readonly (number | string | undefined)[]>;
  /** How many runs fit in all. */
  readonly total: number;
}

/** The most runs that are drawn at once. */
export const MOST_DRAWN = 10_000;

/** Fields of the newest runs that fit a filter. */
export const runColumns = (experiment: string, filter: string, fields: readonly string[]) =>
  queryOptions({
    queryKey: ["runs", "columns", experiment, filter, fields],
    queryFn: async ({ signal }): Promise<RunColumns> => {
      const request = {
        experiment_ids: [experiment],
        filter,
        order_by: ["attributes.start_time DESC"],
        columns: ["run_id", "run_name", ...fields],
      };
      const names: string[] = [];
      const ids: string[] = [];
      const cells = new Map(fields.map((f) => [f, [] as (number | string | undefined)[]]));
      let total = 0;
      let page: { page_token: string } | { total: true } = { total: true };
      for (;;) {
        const limit = MOST_DRAWN - ids.length;
        const table: RunTable = await callAlone(
          searchRunTable,
          { ...request, ...page, limit },
          signal,
        );
        total = table.total ?? total;
        const columns = new Map((table.columns ?? []).map((c) => [c.name, c]));
        const read = (name: string) => spread(columns.get(name), table.count);
        ids.push(...read("run_id").map(String));
        names.push(...read("run_name").map((name) => String(name ?? "")));
        for (const [name, column] of cells) column.push(...read(name));
        if (!table.next_page_token || ids.length >= MOST_DRAWN) break;
        page = { page_token: table.next_page_token };
      }
      return { ids, names, cells, total };
    },
    staleTime: 30_000,
    structuralSharing: false,
  });

function spread(column: TableColumn | undefined, count: number): (number | string | undefined)[] {
  const found: (number | string | undefined)[] = new Array(count).fill(undefined);
  if (!column) return found;
  const { rows, numbers, times, texts } = column;
  for (const [i, value] of (numbers ?? times ?? texts ?? []).entries()) {
    const at = rows ? rows[i] : i;
    if (at === undefined || at >= count) continue;
    found[at] = value === null ? Number.NaN : numbers ? Number(value) : value;
  }
  return found;
}
