import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useMemo } from "react";
import { ApiError } from "../../api/client";
import { runColumns } from "../../api/runColumns";
import { runKeys } from "../../api/runKeys";
import { ErrorNote } from "../../components/ErrorNote";
import { Skeleton } from "../../components/Skeleton";
import { both, field } from "../../lib/filter";
import { filterOf } from "../../lib/runAxes";
import { compact } from "../../lib/search";
import { ExperimentPage } from "../experiments/ExperimentPage";
import { FilterBox } from "../experiments/FilterBox";
import { selectedOnly } from "./curvesAsked";
import { NoRunsDrawn } from "./NoRunsDrawn";
import styles from "./Parallel.module.css";
import { type AxisChoice, fieldsOf, RunPlots } from "./RunPlots";
import { type ExperimentChartsSearch, experimentChartsRoute } from "./route";
import { runStrings as strings } from "./runStrings";
import { Selected } from "./Selected";

const MOST_KEYS = 500;

/** Params and metrics of all runs of an experiment, drawn. */
export function ExperimentCharts() {
  const { experimentId } = experimentChartsRoute.useParams();
  const search = experimentChartsRoute.useSearch();
  const { filter = "" } = search;
  const navigate = useNavigate();
  const experiments = useMemo(() => [experimentId], [experimentId]);
  const change = (part: Partial<ExperimentChartsSearch>) =>
    void navigate({
      to: "/experiments/$experimentId/charts",
      params: { experimentId },
      search: compact({ ...search, ...part }),
      resetScroll: false,
    });
  return (
    <ExperimentPage experimentId={experimentId} active="charts" search={search}>
      <div className={styles.page}>
        <FilterBox
          experiments={experiments}
          value={filter}
          onChange={(text) => change({ filter: text || undefined })}
        />
        <Selected sel={search.sel} onAll={() => change({ sel: undefined })} />
        <Plots experimentId={experimentId} search={search} onChange={change} />
      </div>
    </ExperimentPage>
  );
}

interface PlotsProps {
  experimentId: string;
  search: ExperimentChartsSearch;
  onChange: (part: Partial<ExperimentChartsSearch>) => void;
}

function Plots({ experimentId, search, onChange }: PlotsProps) {
  const { filter = "", ...view } = search;
  const navigate = useNavigate();
  const keys = useQuery(runKeys([experimentId], true, "", MOST_KEYS));
  const choices = useMemo(
    () =>
      (keys.data?.keys ?? []).flatMap(({ kind, key }): AxisChoice[] => {
        if (kind === "tag") return [];
        const kinds = `${kind}s` as const;
        return [{ field: field(kinds, key), kind: kinds, key }];
      }),
    [keys.data],
  );
  const found = fieldsOf(choices, view);
  const wanted = view.plot ? [found.x, found.y, found.ink] : [...found.axes, found.ink];
  const fields = [...new Set(wanted.flatMap((one) => one?.field ?? []))];
  const query = useQuery({
    ...runColumns(experimentId, both(filter, selectedOnly(search.sel)), fields),
    enabled: keys.data !== undefined,
    placeholderData: keepPreviousData,
  });
  const problem = keys.error ?? query.error;
  if (problem && !query.data) {
    const refused = problem instanceof ApiError && problem.status === 400;
    const retry = () => void (keys.error ? keys.refetch() : query.refetch());
    return (
      <ErrorNote
        title={refused ? strings.refused : strings.failed}
        problem={problem}
        onRetry={refused ? undefined : retry}
      />
    );
  }
  if (!query.data) return <Skeleton lines={12} />;
  const { ids, total } = query.data;
  if (!ids.length) {
    return <NoRunsDrawn experiments={[experimentId]} search={search} onChange={onChange} />;
  }
  return (
    <div className={query.isPlaceholderData ? styles.old : undefined}>
      {total > ids.length && <p className={styles.note}>{strings.newest(ids.length, total)}</p>}
      <RunPlots
        choices={choices}
        runs={query.data}
        view={view}
        onView={onChange}
        onOpen={(run) =>
          void navigate({ to: "/runs/$runId", params: { runId: ids[run] as string } })
        }
        onKeep={(axes, brushes) => {
          const part = filterOf(axes, brushes);
          // A filter with OR would mean something else without its parentheses.
          onChange({ filter: both(filter, part), brush: undefined });
        }}
      />
    </div>
  );
}
