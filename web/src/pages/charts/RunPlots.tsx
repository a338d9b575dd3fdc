import { useMemo } from "react";
import { Choice, type ChoiceGroup } from "../../components/Choice";
import { Empty } from "../../components/Empty";
import { Segments } from "../../components/Segments";
import type { Space } from "../../components/Sketch";
import { colourOf as ownColour } from "../../lib/colour";
import { short } from "../../lib/number";
import { type Axis, axisOf, type Brushes, saidOf, share } from "../../lib/runAxes";
import { useStore } from "../../state/store";
import { shade } from "../../state/theme";
import { Bars } from "./Bars";
import { Boxes } from "./Boxes";
import { scale, seen } from "./inkScale";
import { Parallel } from "./Parallel";
import styles from "./Parallel.module.css";
import { RunScatter } from "./RunScatter";
import { runStrings as strings } from "./runStrings";
import { PLOTS, type PlotKind, type RunView } from "./runView";

/** A param or metric that can be on an axis. */
export interface AxisChoice {
  readonly field: string;
  readonly kind: "metrics" | "params";
  readonly key: string;
}

/** Runs as they are drawn. */
export interface DrawnRuns {
  readonly ids: readonly string[];
  readonly names: readonly string[];
  readonly cells: ReadonlyMap<string, readonly (number | string | undefined)[]>;
}

/** What every plot of runs is given. */
export interface RunPlot {
  runs: DrawnRuns;
  view: RunView;
  onView: (change: Partial<RunView>) => void;
  colourOf: (run: number, space: Space) => string;
  onOpen: (run: number) => void;
  /** Called when only the runs within the brushes are to be left. */
  onKeep: (axes: readonly Axis[], brushes: Brushes, runs: readonly number[]) => void;
}

interface RunPlotsProps extends Omit<RunPlot, "colourOf"> {
  choices: readonly AxisChoice[];
  /** Tokens of the runs' colours; those of their ids when absent. */
  colours?: readonly string[] | undefined;
}

const SOME_PARAMS = 4;
const SOME_AXES = 6;
const KINDS = PLOTS.map((plot) => [plot, strings.plots[plot]] as const);

/** The fields that a view draws: what it says, else the first params and metrics. */
export function fieldsOf(choices: readonly AxisChoice[], view: RunView) {
  const known = new Map(choices.map((choice) => [choice.field, choice]));
  const metrics = choices.filter(({ kind }) => kind === "metrics");
  const params = choices.filter(({ kind }) => kind === "params");
  const asked = (view.axes ?? []).flatMap((field) => known.get(field) ?? []);
  const some = params.slice(0, Math.max(SOME_PARAMS, SOME_AXES - metrics.length));
  const first = [...some, ...metrics.slice(0, Math.max(2, SOME_AXES - some.length))];
  const axes = asked.length > 1 ? asked : first.slice(0, SOME_AXES);
  const of = (field: string | undefined, among: readonly AxisChoice[]) =>
    among.find((choice) => choice.field === field);
  if (view.plot === "contour") {
    const x = of(view.px, choices) ?? params[0] ?? metrics[0];
    const other = params.find((param) => param !== x) ?? metrics.find((metric) => metric !== x);
    const y = of(view.py, choices) ?? other;
    return { axes, x, y, ink: of(view.ink, metrics) ?? metrics[0] };
  }
  const y = of(view.py, metrics) ?? metrics[0];
  const x = of(view.px, choices) ?? params[0] ?? metrics.find((m) => m !== y) ?? y;
  const ink = of(view.ink, choices);
  return { axes, x, y, ink };
}

/** Many runs in one drawing, as one chooses. */
export function RunPlots({ choices, colours, ...plot }: RunPlotsProps) {
  const { runs, view, onView } = plot;
  const kind: PlotKind = view.plot ?? "parallel";
  const found = fieldsOf(choices, view);
  const flipped = useMemo(() => new Set(view.flip), [view.flip]);
  const made = useMemo(() => {
    const known = new Map<string, Axis>();
    return (choice: AxisChoice | undefined) => {
      if (!choice) return undefined;
      const { kind: of, key, field } = choice;
      const cells = runs.cells.get(field) ?? [];
      const axis = known.get(field) ?? axisOf(of, key, cells, flipped.has(field));
      known.set(field, axis);
      return axis;
    };
  }, [runs, flipped]);
  const ink = made(found.ink);
  const dark = useStore(shade) === "dark";
  const colourOf = useMemo(() => {
    if (ink?.texts) return (i: number, space: Space) => textColour(ink, i, space);
    if (ink) return (i: number) => numberColour(ink, i, dark);
    const tokens = colours ?? runs.ids.map(ownColour);
    return (i: number, space: Space) => space.colour(tokens[i] ?? "--run-0");
  }, [ink, colours, runs, dark]);
  const fields = JSON.stringify(found.axes.map(({ field }) => field));
  // biome-ignore lint/correctness/useExhaustiveDependencies: the fields say which axes
  const axes = useMemo(() => found.axes.map((choice) => made(choice) as Axis), [fields, made]);
  const [x, y] = [made(found.x), made(found.y)];
  const rest = choices.filter(({ field }) => !axes.some((axis) => axis.field === field));
  const metrics = choices.filter((choice) => choice.kind === "metrics");
  const given = { ...plot, colourOf };
  const contour = kind === "contour";
  return (
    <div className={styles.card}>
      <div className={styles.tools}>
        <Segments
          label={strings.plot}
          value={kind}
          choices={KINDS}
          onChoose={(next) => onView({ plot: next === "parallel" ? undefined : next })}
        />
        {kind === "parallel" ? (
          <Choice
            label={strings.addAxis}
            value=""
            groups={[{ options: [{ value: "", text: strings.choose }] }, ...groupsOf(rest)]}
            onChoose={(field) => field && onView({ axes: [...axes.map((a) => a.field), field] })}
          />
        ) : (
          <>
            <Choice
              label={strings.y}
              value={found.y?.field ?? ""}
              groups={groupsOf(contour ? choices : metrics)}
              onChoose={(py) => onView({ py })}
            />
            {kind !== "bar" && (
              <Choice
                label={kind === "box" ? strings.group : strings.x}
                value={found.x?.field ?? ""}
                groups={groupsOf(choices)}
                onChoose={(px) => onView({ px })}
              />
            )}
          </>
        )}
        <Choice
          label={strings.colour}
          value={found.ink?.field ?? ""}
          groups={
            contour
              ? groupsOf(metrics)
              : [{ options: [{ value: "", text: strings.byRun }] }, ...groupsOf(choices)]
          }
          onChoose={(field) => onView({ ink: field || undefined })}
        />
        {ink && !ink.texts && (
          <span className={styles.legend}>
            {short(ink.low)}
            <span className={styles.scale} style={{ background: scale(dark) }} />
            {short(ink.high)}
          </span>
        )}
      </div>
      {kind === "parallel" ? (
        axes.length > 1 ? (
          <Parallel axes={axes} {...given} />
        ) : (
          <Empty title={strings.few} />
        )
      ) : !x || !y || (contour && !ink) ? (
        <Empty title={strings.noMetric} />
      ) : kind === "scatter" || contour ? (
        <RunScatter x={x} y={y} z={contour ? ink : undefined} {...given} />
      ) : kind === "bar" ? (
        <Bars y={y} {...given} />
      ) : (
        <Boxes x={x} y={y} {...given} />
      )}
    </div>
  );
}

function textColour(ink: Axis, run: number, space: Space): string {
  const text = saidOf(ink, ink.values[run] as number);
  return space.colour(ownColour(text));
}

function numberColour(ink: Axis, run: number, dark: boolean): string {
  const value = ink.values[run] as number;
  return Number.isNaN(value) ? "#8c8c97" : seen(share(ink, value), dark);
}

function groupsOf(choices: readonly AxisChoice[]): ChoiceGroup[] {
  const of = (kind: AxisChoice["kind"]) =>
    choices
      .filter((choice) => choice.kind === kind)
      .map(({ field, key }) => ({ value: field, text: key }));
  return [
    { label: strings.params, options: of("params") },
    { label: strings.metrics, options: of("metrics") },
  ];
}
