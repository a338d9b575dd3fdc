import type uPlot from "uplot";
import { withoutOutliers } from "../lib/bands";
import { short, tick } from "../lib/number";
import type { Mark, PlotData } from "../lib/plot";
import { clock, duration } from "../lib/time";

/** What the numbers of the x axis are. */
export type XKind = "number" | "step" | "time" | "relative";

export interface Drawing {
  readonly data: PlotData;
  readonly xKind: XKind;
  readonly logX: boolean;
  readonly logY: boolean;
  readonly sync: string | undefined;
  /** Whether values far from most are beyond the edges. */
  readonly clip: boolean;
}

/** Where the cursor is: a place of the data, and in which half of the chart. */
export interface At {
  readonly index: number;
  readonly right: boolean;
}

export interface Told {
  onCursor: (at: At | null) => void;
  onZoom: (range: [number, number] | undefined) => void;
  /** What is drawn now. */
  data: () => PlotData;
  /** Called after it was drawn. */
  onDrawn: () => void;
  /** Called when the pointer is somewhere else. */
  onPoint: (u: uPlot) => void;
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const SPANS = [
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500].map((n) => n),
  ...[1, 2, 5, 10, 15, 30].map((n) => n * SECOND),
  ...[1, 2, 5, 10, 15, 30].map((n) => n * MINUTE),
  ...[1, 2, 3, 6, 12, 24, 48, 96, 240, 480, 960].map((n) => n * HOUR),
];
const STEPS = Array.from({ length: 16 }, (_, i) => [1, 2, 5].map((n) => n * 10 ** i)).flat();
const SIZE = 4; // of a mark

/** Write a place of the x axis in full. */
export function written(x: number, kind: XKind): string {
  if (kind === "time") return clock(x, SECOND, true);
  return kind === "relative" ? span(x) : short(x);
}

/** Points may have been logged before their run began. */
function span(x: number): string {
  return x < 0 ? `−${duration(-x)}` : duration(x);
}

/** The numbers column by column, as the library takes them. */
export function aligned(data: PlotData): uPlot.AlignedData {
  const columns: (readonly (number | null)[])[] = [data.x];
  for (const line of data.lines) columns.push(line.y, ...(line.band ?? []));
  return columns as uPlot.AlignedData;
}

/** What the library is told; colours are those of the theme that is shown. */
export function options(drawing: Drawing, told: Told): Omit<uPlot.Options, "width" | "height"> {
  const style = getComputedStyle(document.documentElement);
  const colour = (name: string) => style.getPropertyValue(name).trim();
  const log = { distr: 3 as const, log: 10 as const };
  const time = drawing.xKind === "time";
  return {
    ...lines(drawing.data, colour),
    ms: 1,
    padding: [10, 14, 0, 0],
    scales: { x: { time, ...(drawing.logX ? log : {}) }, y: yScale(drawing, told) },
    axes: axes(drawing, colour),
    legend: { show: false },
    cursor: {
      drag: { x: true, y: false, setScale: false },
      points: { size: 6 },
      bind: {
        dblclick: () => () => {
          told.onZoom(undefined);
          return null;
        },
      },
      ...(drawing.sync ? { sync: { key: drawing.sync } } : {}),
    },
    hooks: {
      setCursor: [
        (u) => {
          told.onPoint(u);
          const { idx, left = 0 } = u.cursor;
          const right = left > u.over.clientWidth / 2;
          told.onCursor(typeof idx === "number" ? { index: idx, right } : null);
        },
      ],
      setSelect: [
        (u) => {
          const { left, width } = u.select;
          if (width < 4) return;
          told.onZoom([u.posToVal(left, "x"), u.posToVal(left + width, "x")]);
          u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
        },
      ],
      draw: [
        (u) => {
          for (const line of told.data().lines) mark(u, line.marks ?? [], colour("--bad"));
          told.onDrawn();
        },
      ],
    },
  };
}

function yScale({ logY, clip }: Drawing, told: Told): uPlot.Scale {
  const scale: uPlot.Scale = logY ? { distr: 3, log: 10 } : { range: room };
  if (!clip) return scale;
  const range: uPlot.Range.Function = (u, low, high) => {
    const { min = null, max = null } = u.scales.x ?? {};
    const { x, lines } = told.data();
    const inside = (at: number) => at >= (min ?? at) && at <= (max ?? at);
    const seen = lines.flatMap(({ y }) => y.filter((v, i) => v !== null && inside(x[i] as number)));
    const most = withoutOutliers(seen as number[]);
    if (logY) return [most?.[0] ?? low ?? 1, most?.[1] ?? high ?? 10];
    return room(u, most?.[0] ?? low, most?.[1] ?? high);
  };
  return { ...scale, range };
}

/** A little room above and below, also around one value. */
function room(_: uPlot, low: number | null, high: number | null): uPlot.Range.MinMax {
  if (low === null || high === null) return [0, 1];
  const span = (high - low) * 0.06 || Math.abs(high) * 0.1 || 1;
  return [low - span, high + span];
}

function lines(data: PlotData, colour: (name: string) => string) {
  const series: uPlot.Series[] = [{}];
  const bands: uPlot.Band[] = [];
  for (const line of data.lines) {
    const stroke = colour(line.colour);
    const look: uPlot.Series = line.faint ? { width: 1, alpha: 0.4 } : { width: 1.6 };
    look.points = { size: 5, fill: stroke, stroke };
    if (line.faint) look.points = { show: false };
    if (line.dash) look.dash = [...line.dash];
    series.push({ label: line.name, stroke, spanGaps: true, ...look });
    if (!line.band) continue;
    const edge = { stroke: "transparent", width: 0, spanGaps: true, points: { show: false } };
    series.push(edge, edge);
    bands.push({ series: [series.length - 1, series.length - 2], fill: `${stroke}2b` });
  }
  return { series, bands };
}

function axes({ xKind }: Drawing, colour: (name: string) => string): uPlot.Axis[] {
  const axis: uPlot.Axis = {
    stroke: colour("--ink-faint"),
    grid: { stroke: colour("--line"), width: 1 },
    ticks: { stroke: colour("--line"), width: 1, size: 4 },
    font: `11px ${colour("--font")}`,
    gap: 4,
  };
  const numbers = (_: uPlot, ticks: (number | null)[]) =>
    ticks.map((at) => (at === null ? "" : tick(at)));
  const times = (_: uPlot, ticks: number[], _axis: number, _space: number, step: number) =>
    ticks.map((tick, i) => clock(tick, step, newDay(tick, ticks[i - 1])));
  const lengths = (_: uPlot, ticks: number[]) => ticks.map(span);
  const x: Record<XKind, uPlot.Axis> = {
    number: { values: numbers },
    step: { values: numbers, incrs: STEPS },
    time: { values: times, space: 70 },
    relative: { values: lengths, incrs: SPANS, space: 70 },
  };
  return [
    { ...axis, ...x[xKind], size: 28 },
    { ...axis, values: numbers, size: 58 },
  ];
}

function newDay(time: number, before: number | undefined): boolean {
  if (before === undefined) return false;
  return new Date(time).getDate() !== new Date(before).getDate();
}

/** Draw a cross at the bottom for NaN, and triangles at the edges for what is beyond them. */
function mark(u: uPlot, marks: readonly Mark[], stroke: string): void {
  const { ctx } = u;
  const scale = devicePixelRatio;
  const { left, top, width, height } = u.bbox;
  const size = SIZE * scale;
  ctx.save();
  ctx.strokeStyle = stroke;
  ctx.fillStyle = stroke;
  ctx.lineWidth = 1.5 * scale;
  let before = Number.NaN;
  for (const { x, kind } of marks) {
    const at = Math.round(u.valToPos(x, "x", true));
    // Marks that would cover each other are drawn once.
    if (at < left || at > left + width || Math.abs(at - before) < size) continue;
    before = at;
    ctx.beginPath();
    if (kind === "nan") {
      const y = top + height - 2 * size;
      ctx.moveTo(at - size, y - size);
      ctx.lineTo(at + size, y + size);
      ctx.moveTo(at + size, y - size);
      ctx.lineTo(at - size, y + size);
      ctx.stroke();
    } else {
      const tip = kind === "above" ? top + 1 : top + height - 1;
      const foot = kind === "above" ? tip + 2 * size : tip - 2 * size;
      ctx.moveTo(at, tip);
      ctx.lineTo(at - size, foot);
      ctx.lineTo(at + size, foot);
      ctx.fill();
    }
  }
  ctx.restore();
}
