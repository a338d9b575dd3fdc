import { useNavigate } from "@tanstack/react-router";
import { useMemo } from "react";
import { compact } from "../../lib/search";
import { ExperimentPage } from "../experiments/ExperimentPage";
import { FilterBox } from "../experiments/FilterBox";
import { Curves, type CurvesChange, type CurvesSearch } from "./Curves";
import styles from "./Parallel.module.css";
import { experimentMetricsRoute } from "./route";
import { Selected } from "./Selected";
import { isNudge } from "./view";

/** The metrics of an experiment's runs as curves. */
export function ExperimentMetrics() {
  const { experimentId } = experimentMetricsRoute.useParams();
  const search = experimentMetricsRoute.useSearch();
  const navigate = useNavigate();
  const experiments = useMemo(() => [experimentId], [experimentId]);
  const change = (part: CurvesChange) =>
    void navigate({
      to: "/experiments/$experimentId/metrics",
      params: { experimentId },
      search: (old) => compact({ ...old, ...part }) as CurvesSearch,
      replace: isNudge(part, search),
      resetScroll: false,
    });
  return (
    <ExperimentPage experimentId={experimentId} active="metrics" search={search}>
      <div className={styles.page}>
        <FilterBox
          experiments={experiments}
          value={search.filter ?? ""}
          onChange={(text) => change({ filter: text || undefined })}
        />
        <Selected sel={search.sel} onAll={() => change({ sel: undefined })} />
        <Curves experiments={experiments} search={search} onChange={change} />
      </div>
    </ExperimentPage>
  );
}
