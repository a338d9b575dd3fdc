import { useLinkProps, useNavigate } from "@tanstack/react-router";
import { useLayoutEffect, useMemo, useRef, useState } from "react";
import { Choice } from "../../components/Choice";
import { Empty } from "../../components/Empty";
import { LogSwitches } from "../../components/LogAxes";
import { Panel } from "../../components/Panel";
import { compared, type DiffRow } from "../../lib/diff";
import { field } from "../../lib/filter";
import { cut } from "../../lib/fit";
import { short } from "../../lib/number";
import { scaleOf } from "../../lib/ticks";
import type { Compared, PartProps } from "./Compare";
import styles from "./Compare.module.css";
import { strings } from "./strings";

const HEIGHT = 440;
const LEFT = 64;
const BOTTOM = 34;
const MOST = 500; // keys that an axis offers

/** What an axis can show. */
interface Axis {
  readonly id: string;
  readonly key: string;
  readonly kind: "metrics" | "params";
  /** The runs' values, undefined where a run has none. */
  readonly values: readonly (number | undefined)[];
  /** What the numbers stand for when the values are texts. */
  readonly texts?: readonly string[];
}

/** A metric of the runs against a param, or another metric. */
export function Scatter({ runs, search, onChange }: PartProps) {
  const axes = useMemo(() => axesOf(compared(runs.map(({ run }) => run))), [runs]);
  const metrics = axes.filter((axis) => axis.kind === "metrics");
  const y = metrics.find((axis) => axis.id === search.sy) ?? metrics[0];
  const x =
    axes.find((axis) => axis.id === search.sx) ??
    axes.find((axis) => axis.kind === "params") ??
    axes.find((axis) => axis !== y) ??
    y;
  if (!x || !y) return <Empty title={strings.noScatter} />;
  const log = search.log ?? "";
  return (
    <Panel title={strings.scatter(y.key, x.key)}>
      <div className={styles.bar}>
        <AxisChoice label={strings.y} axes={metrics} at={y} onChoose={(sy) => onChange({ sy })} />
        <AxisChoice label={strings.x} axes={axes} at={x} onChoose={(sx) => onChange({ sx })} />
        <LogSwitches value={search.log} onChange={(value) => onChange({ log: value })} />
      </div>
      <Drawing runs={runs} x={x} y={y} logX={log.includes("x")} logY={log.includes("y")} />
    </Panel>
  );
}

function axesOf(rows: readonly DiffRow[]): Axis[] {
  return rows.flatMap(({ kind, key, values }): Axis[] => {
    if (kind !== "metrics" && kind !== "params") return [];
    const id = field(kind, key);
    const numbers = values.map((v) => (v === undefined || v === "" ? undefined : Number(v)));
    const numeric = values.every(
      (v, i) => v === undefined || !Number.isNaN(numbers[i] ?? Number.NaN),
    );
    if (kind === "metrics" || numeric) return [{ id, key, kind, values: numbers }];
    const texts = [...new Set(values.filter((v) => v !== undefined))].sort();
    const places = values.map((v) => (v === undefined ? undefined : texts.indexOf(v)));
    return [{ id, key, kind, values: places, texts }];
  });
}

interface AxisChoiceProps {
  label: string;
  axes: readonly Axis[];
  at: Axis;
  onChoose: (id: string) => void;
}

function AxisChoice({ label, axes, at, onChoose }: AxisChoiceProps) {
  const groups = (["params", "metrics"] as const).map((kind) => {
    const some = axes.filter((axis) => axis.kind === kind).slice(0, MOST);
    return {
      label: strings.kinds[kind],
      options: some.map(({ id, key }) => ({ value: id, text: key })),
    };
  });
  return <Choice label={label} value={at.id} groups={groups} onChoose={onChoose} />;
}

interface DrawingProps {
  runs: readonly Compared[];
  x: Axis;
  y: Axis;
  logX: boolean;
  logY: boolean;
}

function Drawing({ runs, x, y, logX, logY }: DrawingProps) {
  const box = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    const watch = new ResizeObserver(() => setWidth(element.clientWidth));
    watch.observe(element);
    return () => watch.disconnect();
  }, []);
  const [xLog, yLog] = [logX && !x.texts, logY && !y.texts];
  const shown = (value: number | undefined, log: boolean): value is number =>
    value !== undefined && Number.isFinite(value) && (!log || value > 0);
  const points = runs.flatMap((one, i) => {
    const [px, py] = [x.values[i], y.values[i]];
    return shown(px, xLog) && shown(py, yLog) ? [{ one, x: px, y: py }] : [];
  });
  const across = scaleOf(
    points.map((p) => p.x),
    [LEFT, width - 16],
    xLog,
    width / 110,
  );
  const up = scaleOf(
    points.map((p) => p.y),
    [HEIGHT - BOTTOM, 12],
    yLog,
    8,
  );
  const written = (axis: Axis, value: number) => axis.texts?.[value] ?? short(value);
  const xTicks = x.texts ? x.texts.map((_, i) => i) : across.ticks;
  return (
    <div ref={box} className={styles.scatter}>
      {width > 0 && (
        <svg width={width} height={HEIGHT} role="group" aria-label={strings.scatter(y.key, x.key)}>
          <g>
            {up.ticks.map((tick) => (
              <g key={tick} transform={`translate(0 ${up.at(tick)})`}>
                <line x1={LEFT} x2={width - 16} className={styles.rule} />
                <text x={LEFT - 8} dy="4" textAnchor="end">
                  {short(tick)}
                </text>
              </g>
            ))}
            {xTicks.map((tick) => (
              <g key={tick} transform={`translate(${across.at(tick)} 0)`}>
                <line y1={12} y2={HEIGHT - BOTTOM} className={styles.rule} />
                <text y={HEIGHT - BOTTOM + 18} textAnchor="middle">
                  {cut(written(x, tick), 18)}
                </text>
              </g>
            ))}
          </g>
          {points.map(({ one, ...at }) => (
            <Dot
              key={one.run.info.run_id}
              one={one}
              x={across.at(at.x)}
              y={up.at(at.y)}
              said={`${one.name}: ${x.key} ${written(x, at.x)}, ${y.key} ${short(at.y)}`}
            />
          ))}
        </svg>
      )}
      {points.length < runs.length && (
        <p className={styles.soft}>{strings.lacking(runs.length - points.length)}</p>
      )}
    </div>
  );
}

interface DotProps {
  one: Compared;
  x: number;
  y: number;
  said: string;
}

function Dot({ one, x, y, said }: DotProps) {
  const link = useLinkProps({ to: "/runs/$runId", params: { runId: one.run.info.run_id } });
  const navigate = useNavigate();
  return (
    <a
      href={link.href}
      aria-label={said}
      onClick={(event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey) return;
        event.preventDefault();
        void navigate({ to: "/runs/$runId", params: { runId: one.run.info.run_id } });
      }}
    >
      <title>{said}</title>
      <circle cx={x} cy={y} r={6} style={{ fill: `var(${one.colour})` }} className={styles.dot} />
    </a>
  );
}
