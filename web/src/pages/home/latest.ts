import { useQuery } from "@tanstack/react-query";
import { runsWhere } from "../../api/runs";
import type { Experiment } from "../../api/schema.gen";
import { useRights } from "../../api/session";
import { both, equals, field } from "../../lib/filter";

const MOST = 10;
const FEW = 5;
const DAY = 86_400_000;
const AGAIN = 5000; // milliseconds until the metrics of what runs are read anew
const RECENT = 7 * DAY; // a failed run that began before has been seen

/** The runs of some experiments that are under way, and those that began last. */
export function useLatestRuns(experiments: readonly Experiment[]) {
  const ids = experiments.map((e) => e.experiment_id);
  const latest = useQuery(runsWhere(ids, "", MOST));
  const running = useQuery({
    ...runsWhere(ids, "attributes.status = 'RUNNING'", MOST),
    refetchInterval: ({ state }) => (state.data?.length ? AGAIN : false),
  });
  return { latest, running, asked: ids.length > 0 };
}

/**
 * The runs of the user that failed of late: those that they created by the server's word. Where
 * nobody logs in, nobody is known from another, and it is everybody's.
 */
export function useFailedRuns(experiments: readonly Experiment[]) {
  const { known, open, name } = useRights();
  const ids = experiments.map((e) => e.experiment_id);
  // A whole day, so that the question stays the same one.
  const since = Math.floor(Date.now() / DAY) * DAY - RECENT;
  const filter = both(
    "attributes.status = 'FAILED'",
    both(
      open ? "" : equals(field("attributes", "created_by"), name),
      `attributes.start_time > ${since}`,
    ),
  );
  const failed = runsWhere(ids, filter, FEW);
  return useQuery({ ...failed, enabled: known && ids.length > 0 });
}
