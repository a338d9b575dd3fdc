import { ATTRIBUTES } from "../lib/table";
import { call, callBytes } from "./client";
import { type RunQuery, requestOf } from "./runTable";
import { type RunTable, searchRunTable } from "./schema.gen";

const IDS_AT_ONCE = 10_000; // runs that are named in one filter
const ROWS_AT_ONCE = 2_000; // few enough that the page goes on while they are written

/** A question with the columns of a file, for those with some ids, else for all that pass. */
function requestsOf(asked: RunQuery, ids: readonly string[] | undefined) {
  const request = { ...requestOf(asked), columns: [...ATTRIBUTES, ...asked.columns] };
  if (!ids) return [request];
  return Array.from({ length: Math.ceil(ids.length / IDS_AT_ONCE) }, (_, part) => {
    const some = ids.slice(part * IDS_AT_ONCE, (part + 1) * IDS_AT_ONCE).map((id) => `'${id}'`);
    return { ...request, filter: `attributes.run_id IN (${some.join(", ")})` };
  });
}

/** Runs as CSV with the columns of a question: those with some ids, else all that pass. */
export async function runsAsCsv(asked: RunQuery, ids?: readonly string[]): Promise<Blob> {
  const parts: BlobPart[] = [];
  for (const request of requestsOf(asked, ids)) {
    const rows = new Uint8Array(await callBytes(searchRunTable, request, "text/csv"));
    parts.push(parts.length ? rows.subarray(rows.indexOf(10) + 1) : rows); // one head is enough
  }
  return new Blob(parts, { type: "text/csv" });
}

/**
 * Runs as Parquet, as in runsAsCsv; each value of the type that it has.
 *
 * @param onProgress called with how many runs are in the file so far.
 */
export async function runsAsParquet(
  asked: RunQuery,
  ids: readonly string[] | undefined,
  onProgress: (runs: number) => void,
  signal: AbortSignal,
): Promise<Blob> {
  const { RunFile } = await import("../lib/parquet");
  const file = new RunFile([...ATTRIBUTES, ...asked.columns]);
  for (const request of requestsOf(asked, ids)) {
    let page: { page_token?: string } | undefined = {};
    while (page) {
      const limit = ROWS_AT_ONCE;
      const table: RunTable = await call(searchRunTable, { ...request, ...page, limit }, signal);
      file.add(table);
      onProgress(file.rows);
      page = table.next_page_token ? { page_token: table.next_page_token } : undefined;
    }
  }
  return file.finish();
}
