import { SvgPen } from "./pen";
import type { PlotData } from "./plot";
import { type Scale, scaleOf } from "./ticks";

export interface Sheet {
  readonly title: string;
  readonly xName: string;
  readonly logX: boolean;
  readonly logY: boolean;
  /** The part of x that is shown; all when absent. */
  readonly range?: readonly [number, number] | undefined;
  /** Writes a place of the x axis, and of the y axis. */
  readonly written: readonly [(at: number) => string, (at: number) => string];
  /** The value of a token, such as `--run-0`. */
  readonly colour: (token: string) => string;
}

const WIDTH = 900;
const HEIGHT = 420;
const LEFT = 70;
const TOP = 40;
const RIGHT = 20;
const LEGEND = 18; // pixels of a line of the legend

/** A chart of lines as an SVG file. */
export function toSvg(data: PlotData, sheet: Sheet): string {
  const { range, colour } = sheet;
  const [from, to] = range ?? [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  const seen = data.x.flatMap((x, i) => (x >= from && x <= to ? [i] : []));
  const named = data.lines.filter((line) => !line.faint);
  const legend = named.length > 1 ? named : [];
  const pen = new SvgPen(
    WIDTH,
    HEIGHT + legend.length * LEGEND,
    colour("--surface"),
    colour("--font"),
  );
  const x = scaleOf(
    range ?? seen.map((i) => data.x[i] as number),
    [LEFT, WIDTH - RIGHT],
    sheet.logX,
    8,
  );
  const values = data.lines.flatMap(({ y, band }) =>
    seen.flatMap((i) => [y[i], band?.[0][i], band?.[1][i]]),
  );
  const floor = HEIGHT - 44;
  const y = scaleOf(
    values.filter((v) => typeof v === "number"),
    [floor, TOP],
    sheet.logY,
    7,
  );
  axes(pen, x, y, floor, sheet);
  const place = (i: number, value: number | null | undefined) =>
    typeof value === "number" ? [x.at(data.x[i] as number), y.at(value)] : [];
  for (const line of data.lines) {
    const stroke = colour(line.colour);
    if (line.band) {
      const [low, high] = line.band;
      const edge = seen.flatMap((i) => place(i, high[i]));
      const back = [...seen].reverse().flatMap((i) => place(i, low[i]));
      pen.path([...edge, ...back], { fill: stroke, alpha: 0.17 }, true);
    }
    const ink = { stroke, width: line.faint ? 1 : 1.6, alpha: line.faint ? 0.4 : 1 };
    const points = seen.flatMap((i) => place(i, line.y[i]));
    pen.path(points, { ...ink, dash: line.dash });
    if (points.length === 2) pen.circle(points[0] ?? 0, points[1] ?? 0, 3, { fill: stroke });
  }
  for (const [i, line] of legend.entries()) {
    const at = HEIGHT + i * LEGEND;
    pen.path([LEFT, at, LEFT + 18, at], { stroke: colour(line.colour), width: 2, dash: line.dash });
    pen.text(line.name, LEFT + 26, at, { fill: colour("--ink") });
  }
  return pen.toString();
}

function axes(pen: SvgPen, x: Scale, y: Scale, floor: number, sheet: Sheet): void {
  const { colour, written, title, xName } = sheet;
  const rule = { stroke: colour("--line") };
  const soft = { fill: colour("--ink-faint") };
  pen.text(title, LEFT, 20, { fill: colour("--ink"), size: 14, bold: true });
  for (const tick of y.ticks) {
    pen.path([LEFT, y.at(tick), WIDTH - RIGHT, y.at(tick)], rule);
    pen.text(written[1](tick), LEFT - 8, y.at(tick), { ...soft, align: "right" });
  }
  for (const tick of x.ticks) {
    pen.path([x.at(tick), TOP, x.at(tick), floor], rule);
    pen.text(written[0](tick), x.at(tick), floor + 14, { ...soft, align: "center" });
  }
  pen.text(xName, WIDTH - RIGHT, floor + 32, { ...soft, align: "right" });
}
