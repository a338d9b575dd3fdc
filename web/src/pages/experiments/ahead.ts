import { call } from "../../api/client";
import { firstRows } from "../../api/curveRuns";
import { experimentQuery } from "../../api/experiments";
import { queries } from "../../api/queries";
import { FEW_KEYS, runKeys } from "../../api/runKeys";
import { nestedQuery } from "../../api/runTable";
import { curvesAsked } from "../charts/curvesAsked";
import type { TableSearch } from "./route";

const KEPT = 10_000; // milliseconds for which an answer waits for who asked

/**
 * Ask for what a table and the charts beside it need before anything else. Each part alone would be
 * five requests; they are asked while the page's code is on its way, and nobody waits for the rest.
 */
export function askAhead(experimentId: string, search: TableSearch): void {
  const experiments = [experimentId];
  const { cols, nest, filter, by } = search;
  void queries.prefetchQuery(experimentQuery(experimentId));
  void queries.prefetchQuery(firstRows(curvesAsked(experiments, search, true)));
  if (!cols) void queries.prefetchQuery(runKeys(experiments, true, "", FEW_KEYS, call));
  if (nest === undefined && !filter && !by)
    void queries.prefetchQuery({ ...nestedQuery(experiments, false), gcTime: KEPT });
}
