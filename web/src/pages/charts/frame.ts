import type { Space } from "../../components/Sketch";
import { cut } from "../../lib/fit";
import { tick } from "../../lib/number";
import type { Pen } from "../../lib/pen";
import { type Axis, saidOf, share } from "../../lib/runAxes";
import { ticks } from "../../lib/ticks";

export const LEFT = 66;
export const RIGHT = 16;
export const TOP = 12;
export const BOTTOM = 36;
const ROOM = 0.05; // of an axis, beyond what is drawn

const roomy = (place: number) => ROOM + place * (1 - 2 * ROOM);

/** What place of its axis lies at a place of the drawing, both from 0 to 1. */
export const placeIn = (drawn: number) => (drawn - ROOM) / (1 - 2 * ROOM);

export function across(axis: Axis, value: number, { width }: Space): number {
  return LEFT + roomy(share(axis, value)) * (width - LEFT - RIGHT);
}

export function upward(axis: Axis, value: number, { height }: Space): number {
  return height - BOTTOM - roomy(share(axis, value)) * (height - TOP - BOTTOM);
}

/** Lines and numbers of the y axis. */
export function yAxis(pen: Pen, axis: Axis, space: Space): void {
  for (const value of ticksOf(axis, 8)) {
    const y = upward(axis, value, space);
    pen.path([LEFT, y, space.width - RIGHT, y], { stroke: space.colour("--line") });
    const look = { fill: space.colour("--ink-faint"), align: "right" } as const;
    pen.text(axis.texts ? saidOf(axis, value) : tick(value), LEFT - 8, y, look);
  }
}

/** Lines and numbers of the x axis. */
export function xAxis(pen: Pen, axis: Axis, space: Space): void {
  const floor = space.height - BOTTOM;
  const most = Math.max(2, Math.floor((space.width - LEFT) / 100));
  for (const value of ticksOf(axis, most)) {
    const x = across(axis, value, space);
    pen.path([x, TOP, x, floor], { stroke: space.colour("--line") });
    const look = { fill: space.colour("--ink-faint"), align: "center" } as const;
    const text = axis.texts ? cut(saidOf(axis, value), 16) : tick(value);
    pen.text(text, x, floor + 14, look);
  }
}

/** Numbers that are written at an axis. */
export function ticksOf(axis: Axis, most: number): number[] {
  const { low, high, log, texts } = axis;
  if (texts) {
    const every = Math.ceil(texts.length / most);
    return texts.flatMap((_, i) => (i % every ? [] : [i]));
  }
  if (!log) return ticks(low, high, most);
  const powers: number[] = [];
  for (let p = Math.ceil(Math.log10(low)); 10 ** p <= high; p += 1) powers.push(10 ** p);
  return powers.length > 1 ? powers : [low, high];
}
