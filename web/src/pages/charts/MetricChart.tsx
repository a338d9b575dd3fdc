import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { seriesQuery } from "../../api/series";
import { ErrorNote } from "../../components/ErrorNote";
import { Plot } from "../../components/Plot";
import { Skeleton } from "../../components/Skeleton";
import type { Curve } from "../../lib/chart";
import type { Stroke } from "../../lib/colour";
import { bandsOf, plotOf } from "../../lib/curve";
import { short } from "../../lib/number";
import styles from "./Charts.module.css";
import { drawnGroups, type RunGroup } from "./groups";
import { strings } from "./strings";
import { type ChartView, rangeOf } from "./view";

/** A run whose curves are drawn. */
export interface ChartRun extends Stroke {
  readonly id: string;
  readonly name: string;
  readonly start: number;
  readonly live: boolean;
  /** Its params and tags, as fields of the search language. */
  readonly fields?: ReadonlyMap<string, string>;
}

interface MetricChartProps {
  metric: string;
  runs: readonly ChartRun[];
  /** The runs in groups, when they are drawn so. */
  groups: readonly RunGroup[] | undefined;
  view: ChartView;
  onView: (change: Partial<ChartView>) => void;
  width: number;
  height: number;
}

const MOST_BANDS = 4; // runs; beyond, bands would hide each other
const STEP = 100; // pixels; so that a few pixels more do not ask anew
const MOST_POINTS = 50_000; // of all runs; with more one waits longer and sees no more

/** One metric of some runs. */
export function MetricChart(props: MetricChartProps) {
  const { metric, runs, groups, view, onView, width, height } = props;
  const x = view.x ?? "step";
  const range = rangeOf(view);
  const wide = Math.max(STEP, Math.ceil(width / STEP) * STEP);
  const points = Math.min(wide, Math.floor(MOST_POINTS / runs.length));
  const ids = runs.map((run) => run.id);
  const query = useQuery(seriesQuery({ runs: ids, key: metric, x, xKey: view.xk, range, points }));
  const smooth = (view.smooth ?? 0) / 100;
  const logX = view.log?.includes("x") ?? false;
  const logY = view.log?.includes("y") ?? false;
  const spread = view.band ?? "sd";
  const data = useMemo(() => {
    const look = { smooth, logX, logY, band: runs.length <= MOST_BANDS };
    if (groups) {
      const edges = strings.edges[spread];
      return bandsOf(drawnGroups(groups, query.data ?? []), { ...look, spread, points, edges });
    }
    const looks = new Map(runs.map((run) => [run.id, run]));
    const drawn = (query.data ?? []).flatMap((curve) => {
      const run = looks.get(curve.run_id);
      return run ? [{ curve, name: run.name, id: run.id, colour: run.colour, dash: run.dash }] : [];
    });
    return plotOf(drawn, look);
  }, [query.data, runs, groups, spread, points, smooth, logX, logY]);
  if (query.isPending) return <Waiting title={metric} height={height} />;
  if (query.isError && !query.data) {
    const retry = () => void query.refetch();
    return <ErrorNote title={strings.failed} problem={query.error} onRetry={retry} />;
  }
  const empty = data.lines.every((line) => line.y.every((value) => value === null));
  const refused = logY || logX ? strings.nonPositive : strings.noneInRange;
  return (
    <Plot
      title={metric}
      xName={x === "metric" ? (view.xk ?? "") : strings.xNames[x]}
      xKind={x === "metric" ? "number" : x}
      data={data}
      height={height}
      logX={logX}
      logY={logY}
      clip={view.clip}
      sync="metrics"
      table={view.as === "table"}
      range={range}
      onZoom={(found) => onView({ from: found?.[0], to: found?.[1] })}
      legend={false}
      aside={<Aside curves={query.data} />}
      none={empty && !hasMarks(data.lines) ? refused : undefined}
    />
  );
}

const hasMarks = (lines: readonly { marks?: readonly unknown[] }[]) =>
  lines.some((line) => line.marks?.length);

/** The last value, and what cannot be drawn. */
function Aside({ curves }: { curves: readonly Curve[] }) {
  let nan = 0;
  let infinite = 0;
  for (const { nans, min, max } of curves) {
    for (let i = 0; i < nans.length; i += 1) {
      nan += nans[i] ?? 0;
      if (max[i] === Number.POSITIVE_INFINITY || min[i] === Number.NEGATIVE_INFINITY) infinite += 1;
    }
  }
  const only = curves.length === 1 ? curves[0]?.last.at(-1) : undefined;
  return (
    <>
      {only !== undefined && (
        <span className={styles.last}>
          {strings.last} <b className="num">{short(only)}</b>
        </span>
      )}
      {(nan > 0 || infinite > 0) && (
        <span className={styles.marks} title={strings.marksHint}>
          {nan > 0 && <span>{strings.nan(nan)}</span>}
          {infinite > 0 && <span>{strings.infinite(infinite)}</span>}
        </span>
      )}
    </>
  );
}

function Waiting({ title, height }: { title: string; height: number }) {
  return (
    <div style={{ height: height + 30 }}>
      <h3 className={styles.waiting}>{title}</h3>
      <Skeleton lines={Math.floor(height / 32)} />
    </div>
  );
}
