import { useQuery } from "@tanstack/react-query";
import { runsWhere } from "../../api/runs";
import type { Experiment } from "../../api/schema.gen";

const MOST = 10;

/** The runs of some experiments that are under way, and those that began last. */
export function useLatestRuns(experiments: readonly Experiment[]) {
  const ids = experiments.map((e) => e.experiment_id);
  const latest = useQuery(runsWhere(ids, "", MOST));
  const running = useQuery(runsWhere(ids, "attributes.status = 'RUNNING'", MOST));
  return { latest, running, asked: ids.length > 0 };
}
