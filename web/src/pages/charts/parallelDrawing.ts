import type { Drawing, Space } from "../../components/Sketch";
import { cut } from "../../lib/fit";
import type { Pen } from "../../lib/pen";
import { type Axis, saidOf, share, valueAt } from "../../lib/runAxes";
import { ticks } from "../../lib/ticks";

export const HEAD = 30; // pixels of the axes' names
export const FOOT = 14;
export const HEIGHT = 440;
export const SIDE = 70; // pixels beside the outermost axes, for what is written there
const CHUNK = 600; // lines that are drawn without a pause
const FEW = 500; // lines
const NEAR = 8; // pixels within which a line is pointed at
const MOST_TEXTS = 24;

/** Runs as lines over axes that stand beside each other. */
export interface Lines {
  readonly axes: readonly Axis[];
  readonly names: readonly string[];
  /** Whether each run lies within what was chosen. */
  readonly chosen: Uint8Array;
  /** The colour of a run, as CSS has it. */
  readonly colourOf: (run: number, space: Space) => string;
}

export const acrossAt = (i: number, axes: number, width: number) =>
  axes < 2 ? width / 2 : SIDE + ((width - 2 * SIDE) * i) / (axes - 1);

const upAt = (place: number) => HEIGHT - FOOT - place * (HEIGHT - HEAD - FOOT);
export const placeAt = (y: number) => (HEIGHT - FOOT - y) / (HEIGHT - HEAD - FOOT);

export function parallelDrawing(lines: Lines): Drawing {
  const { axes, names, chosen } = lines;
  const order = drawn(lines);
  const points = (run: number, { width }: Space) =>
    axes.flatMap((axis, i) => {
      const value = axis.values[run] as number;
      return [acrossAt(i, axes.length, width), upAt(share(axis, value))];
    });
  return {
    count: order.length,
    said: (thing) => {
      const run = order[thing] as number;
      const parts = axes.map((axis) => `${axis.key} ${saidOf(axis, axis.values[run] as number)}`);
      return [names[run] ?? "", ...parts];
    },
    *draw(pen, space) {
      yield* all(pen, space, lines, points);
      scales(pen, space, axes);
    },
    mark(pen, thing, space) {
      const run = order[thing] as number;
      pen.path(points(run, space), { stroke: space.colour("--surface"), width: 5 });
      pen.path(points(run, space), { stroke: lines.colourOf(run, space), width: 2.5 });
    },
    at: (x, y, { width }) => {
      const step = (width - 2 * SIDE) / Math.max(axes.length - 1, 1);
      const left = Math.min(Math.max(Math.floor((x - SIDE) / step), 0), axes.length - 2);
      const [one, other] = [axes[left], axes[left + 1]];
      if (!one || !other) return undefined;
      const part = (x - SIDE) / step - left;
      let best: number | undefined;
      let least = NEAR;
      for (const [thing, run] of order.entries()) {
        if (!chosen[run]) continue;
        const from = upAt(share(one, one.values[run] as number));
        const to = upAt(share(other, other.values[run] as number));
        const away = Math.abs(from + (to - from) * part - y);
        if (away < least) [best, least] = [thing, away];
      }
      return best;
    },
  };
}

/** The runs that can be walked over: those that are chosen. */
function drawn({ chosen }: Lines): number[] {
  const found: number[] = [];
  for (const [run, inside] of chosen.entries()) if (inside) found.push(run);
  return found;
}

function* all(
  pen: Pen,
  space: Space,
  lines: Lines,
  points: (run: number, space: Space) => number[],
) {
  const { chosen } = lines;
  const count = chosen.length;
  const width = count > FEW ? 1 : 1.2; // hairlines take a fraction of the time
  const many = Math.min(1, 60 / Math.sqrt(count + 1));
  const pale = space.colour("--line-strong");
  let done = 0;
  // Those that are left out lie below the others.
  for (const inside of [0, 1]) {
    for (let run = 0; run < count; run += 1) {
      if (chosen[run] !== inside) continue;
      const ink = inside
        ? { stroke: lines.colourOf(run, space), width, alpha: Math.max(0.35, many * 0.8) }
        : { stroke: pale, width: 1, alpha: Math.max(0.05, many * 0.12) };
      pen.path(points(run, space), ink);
      done += 1;
      if (done % CHUNK === 0) yield;
    }
  }
}

function scales(pen: Pen, { width, colour }: Space, axes: readonly Axis[]): void {
  const surface = colour("--surface");
  for (const [i, axis] of axes.entries()) {
    const x = acrossAt(i, axes.length, width);
    pen.path([x, upAt(0), x, upAt(1)], { stroke: colour("--line-strong"), width: 1 });
    const last = i === axes.length - 1 && i > 0;
    for (const value of ticksOf(axis)) {
      const y = upAt(share(axis, value));
      const side = last ? 1 : -1;
      pen.path([x, y, x + 4 * side, y], { stroke: colour("--line-strong") });
      const text = cut(saidOf(axis, value), i === 0 ? 10 : 12); // left of the first is an edge
      const at = x + 7 * side;
      // What is written lies on lines: the paper below it keeps it readable.
      const wide = text.length * 6.2;
      const box = { fill: surface, alpha: 0.9 };
      pen.rect(last ? at - 1 : at - wide, y - 7, wide + 1, 14, box);
      pen.text(text, at, y, { fill: colour("--ink-soft"), align: last ? "left" : "right" });
    }
  }
}

function ticksOf(axis: Axis): number[] {
  if (axis.texts) {
    const every = Math.ceil(axis.texts.length / MOST_TEXTS);
    return axis.texts.flatMap((_, i) => (i % every ? [] : [i]));
  }
  if (axis.low === axis.high) return [axis.low];
  if (!axis.log) return ticks(axis.low, axis.high, 7);
  const powers: number[] = [];
  for (let p = Math.ceil(Math.log10(axis.low)); 10 ** p <= axis.high; p += 1) powers.push(10 ** p);
  return powers.length > 1 ? powers : [axis.low, valueAt(axis, 0.5), axis.high];
}
