import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { lazy, Suspense, useEffect, useMemo } from "react";
import { type FoundRuns, MOST_COMPARED, runsById } from "../../api/compare";
import { queries } from "../../api/queries";
import type { Run } from "../../api/schema.gen";
import { Empty } from "../../components/Empty";
import { Loaded } from "../../components/Loaded";
import { Page } from "../../components/Page";
import { Skeleton } from "../../components/Skeleton";
import { Tabs } from "../../components/Tabs";
import { type Stroke, strokesOf } from "../../lib/colour";
import { field } from "../../lib/filter";
import { FEW, readIds, writtenIds } from "../../lib/runIds";
import { compact } from "../../lib/search";
import { MetricCharts } from "../charts/MetricCharts";
import styles from "./Compare.module.css";
import { DiffTable } from "./DiffTable";
import { Runs } from "./Runs";
import { type CompareSearch, compareRoute, PARTS } from "./route";
import { Scatter } from "./Scatter";
import { strings } from "./strings";

const CompareCode = lazy(() => import("./texts").then((m) => ({ default: m.CompareCode })));
const CompareEnvironment = lazy(() =>
  import("./texts").then((m) => ({ default: m.CompareEnvironment })),
);
const CompareArtifacts = lazy(() =>
  import("./texts").then((m) => ({ default: m.CompareArtifacts })),
);

const ComparePlots = lazy(() =>
  import("./ComparePlots").then((m) => ({ default: m.ComparePlots })),
);

const ABOVE = [{ name: strings.above, to: "/experiments" }];

/** A run that is compared, with the look that it has in all parts. */
export interface Compared extends Stroke {
  readonly run: Run;
  /** Its name, with a part of its id where another one has the same. */
  readonly name: string;
}

/** Runs side by side: what differs, their curves, and a metric against a param. */
export function Compare() {
  const search = compareRoute.useSearch();
  const navigate = useNavigate();
  const listed = readIds(search.runs);
  const ids = listed.slice(0, MOST_COMPARED);
  const experiments = (search.in ?? "").split(",").filter(Boolean);
  const query = useQuery(runsById(ids, experiments));
  const found = query.isPlaceholderData ? undefined : query.data;
  useEffect(() => {
    // Chosen in a table they stand there as they are; an address to share is a short one.
    const runs = found && writtenIds(ids, found.short);
    if (!runs || runs === search.runs || listed.length > ids.length || ids.length <= FEW) return;
    queries.setQueryData(runsById(readIds(runs), experiments).queryKey, found);
    void navigate({
      to: "/compare",
      search: { ...search, runs },
      replace: true,
      resetScroll: false,
    });
  });
  const change = (part: Partial<CompareSearch>) =>
    void navigate({
      to: "/compare",
      search: compact({ ...search, ...part }),
      replace: "q" in part || "smooth" in part,
      resetScroll: false,
    });
  return (
    <Page title={strings.title(ids.length)} above={ABOVE} full={search.tab === undefined}>
      {ids.length ? (
        <Loaded query={query} failed={strings.failed} lines={10}>
          {(found) => (
            <Parts
              found={found}
              tooMany={listed.length > ids.length}
              search={search}
              onChange={change}
            />
          )}
        </Loaded>
      ) : (
        <Empty title={strings.none}>
          <p>{strings.noneText}</p>
          <Link to="/experiments">{strings.toExperiments}</Link>
        </Empty>
      )}
    </Page>
  );
}

export interface PartProps {
  runs: readonly Compared[];
  search: CompareSearch;
  onChange: (part: Partial<CompareSearch>) => void;
}

interface PartsProps extends Omit<PartProps, "runs"> {
  found: FoundRuns;
  tooMany: boolean;
}

function Parts({ found, tooMany, search, onChange }: PartsProps) {
  const { missing, unclear } = found;
  const runs = useMemo(() => withLooks(found.runs), [found.runs]);
  const { tab } = search;
  const link = (to: CompareSearch["tab"]) => ({
    to: "/compare",
    search: (old: CompareSearch) => compact({ ...old, tab: to }),
  });
  const tabs = (["table", ...PARTS] as const).map((name) => {
    const part = name === "table" ? undefined : name;
    return { name: strings.tabs[name], active: tab === part, link: link(part) as object };
  });
  return (
    <div className={tab === undefined ? styles.full : styles.parts}>
      <Runs
        runs={runs}
        onChange={(ids) => onChange({ runs: writtenIds(ids, found.short) || undefined })}
      />
      {missing.length > 0 && <p className={styles.note}>{strings.missing(missing)}</p>}
      {unclear.length > 0 && <p className={styles.note}>{strings.unclear(unclear)}</p>}
      {tooMany && <p className={styles.note}>{strings.tooMany(MOST_COMPARED)}</p>}
      {runs.length === 1 && <p className={styles.note}>{strings.one}</p>}
      <Tabs label={strings.tabs.label} tabs={tabs} />
      {tab === undefined && <DiffTable runs={runs} search={search} onChange={onChange} />}
      {tab === "charts" && <Charts runs={runs} search={search} onChange={onChange} />}
      {tab === "plots" && (
        <Suspense fallback={<Skeleton lines={8} />}>
          <ComparePlots runs={runs} search={search} onChange={onChange} />
        </Suspense>
      )}
      {tab === "scatter" && <Scatter runs={runs} search={search} onChange={onChange} />}
      <Suspense fallback={<Skeleton lines={8} />}>
        {tab === "code" && <CompareCode runs={runs} search={search} onChange={onChange} />}
        {tab === "environment" && (
          <CompareEnvironment runs={runs} search={search} onChange={onChange} />
        )}
        {tab === "artifacts" && (
          <CompareArtifacts runs={runs} search={search} onChange={onChange} />
        )}
      </Suspense>
    </div>
  );
}

function withLooks(runs: readonly Run[]): Compared[] {
  const strokes = strokesOf(runs.map((run) => run.info.run_id));
  const times = new Map<string, number>();
  for (const { info } of runs) times.set(info.run_name, (times.get(info.run_name) ?? 0) + 1);
  return runs.map((run) => {
    const { run_id, run_name } = run.info;
    const twin = (times.get(run_name) ?? 0) > 1;
    const stroke = strokes.get(run_id) as Stroke;
    return { run, name: twin ? `${run_name} ${run_id.slice(0, 6)}` : run_name, ...stroke };
  });
}

function Charts({ runs, search, onChange }: PartProps) {
  const drawn = useMemo(
    () =>
      runs.map(({ run: { info, data }, ...look }) => ({
        ...look,
        id: info.run_id,
        fields: fieldsOf(data),
        start: info.start_time ?? 0,
        live: info.status === "RUNNING" || info.status === "SCHEDULED",
      })),
    [runs],
  );
  const keys = useMemo(() => shared(runs), [runs]);
  if (!keys.length) return <Empty title={strings.noMetrics} />;
  return <MetricCharts runs={drawn} keys={keys} view={search} onView={onChange} />;
}

/** Params, and tags that are the users' own. */
function fieldsOf({ params = [], tags = [] }: Run["data"]): ReadonlyMap<string, string> {
  return new Map([
    ...params.map(({ key, value }) => [field("params", key), value ?? ""] as const),
    ...tags
      .filter(({ key }) => !key.startsWith("mlflow."))
      .map(({ key, value }) => [field("tags", key), value ?? ""] as const),
  ]);
}

/** The metrics that two runs or more have. */
function shared(runs: readonly Compared[]): string[] {
  const times = new Map<string, number>();
  for (const { run } of runs) {
    for (const { key } of run.data.metrics ?? []) times.set(key, (times.get(key) ?? 0) + 1);
  }
  const least = Math.min(2, runs.length);
  return [...times].filter(([, n]) => n >= least).map(([key]) => key);
}
