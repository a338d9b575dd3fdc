import type { CurvesAsked } from "../../api/curveRuns";
import { both, literal } from "../../lib/filter";
import { selectedIds } from "../../lib/runIds";
import { readSorts } from "../../lib/search";
import type { RunsSearch } from "../experiments/route";

const LATEST = ["attributes.start_time DESC"];
const VALUE = /^(params|tags)\./; // what a run has one of, and a chart can group by
const NONE: readonly string[] = [];

/** The runs whose curves an address asks for; `beside` a table, which says how they are grouped. */
export function curvesAsked(
  experiments: readonly string[],
  { filter = "", sort, sel, view, by }: RunsSearch,
  beside: boolean,
): CurvesAsked {
  const order = readSorts(sort).map(
    ({ key, descending }) => `${key} ${descending ? "DESC" : "ASC"}`,
  );
  return {
    experiments,
    filter: both(filter, selectedOnly(sel)),
    order: order.length ? order : LATEST,
    deleted: view === "deleted",
    ...(beside ? { fields: by && VALUE.test(by) ? [by] : NONE } : {}),
  };
}

/** A filter for the runs that are selected in the table; empty when it is none, or all. */
export function selectedOnly(sel: string | undefined): string {
  const ids = [...selectedIds(sel)];
  return ids.length ? `attributes.run_id IN (${ids.map(literal).join(", ")})` : "";
}
