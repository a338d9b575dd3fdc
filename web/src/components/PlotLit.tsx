import { type RefObject, useEffect, useRef } from "react";
import type uPlot from "uplot";
import { nearest, type PlotData } from "../lib/plot";
import { lit } from "../state/lit";
import { useStore } from "../state/store";
import styles from "./Plot.module.css";

const NEAR = 24; // pixels within which a line is pointed at
const EDGE = 4 * devicePixelRatio; // of what is paler, around the lines

interface PlotLitProps {
  plot: RefObject<uPlot | null>;
  data: PlotData;
  /** Is given what is called after the chart was drawn. */
  redraw: RefObject<() => void>;
}

/** The line that is pointed at, over the others, which turn pale. */
export function PlotLit({ plot, data, redraw }: PlotLitProps) {
  const id = useStore(lit);
  const svg = useRef<SVGSVGElement>(null);
  const pale = useRef<SVGRectElement>(null);
  const line = id === undefined ? undefined : data.lines.find((one) => one.id === id && !one.faint);
  const shown = line !== undefined && data.lines.length > 1;
  useEffect(() => {
    const draw = () => {
      const [u, inner] = [plot.current, svg.current];
      if (!u || !inner || !line) return;
      const { left, top, width, height } = u.bbox;
      lay(inner, left, top, width, height);
      // The points at the edges reach beyond them.
      const [wider, taller] = [width + 2 * EDGE, height + 2 * EDGE];
      if (pale.current) lay(pale.current, left - EDGE, top - EDGE, wider, taller);
      inner.lastElementChild?.setAttribute("d", pathOf(u, data.x, line.y));
    };
    redraw.current = draw;
    draw();
    return () => {
      redraw.current = () => undefined;
    };
  }, [plot, data, line, redraw]);
  if (!shown) return null;
  return (
    <svg className={styles.lit} aria-hidden="true" data-lit={line.name}>
      <rect ref={pale} />
      <svg ref={svg} aria-hidden="true">
        <path style={{ stroke: `var(${line.colour})` }} strokeDasharray={line.dash?.join(" ")} />
      </svg>
    </svg>
  );
}

function lay(element: Element, ...[x, y, width, height]: [number, number, number, number]): void {
  for (const [name, value] of Object.entries({ x, y, width, height })) {
    element.setAttribute(name, String(value / devicePixelRatio));
  }
}

function pathOf(u: uPlot, x: readonly number[], y: readonly (number | null)[]): string {
  const parts: string[] = [];
  for (const [i, value] of y.entries()) {
    if (value === null) continue;
    const [left, top] = [u.valToPos(x[i] as number, "x"), u.valToPos(value, "y")];
    parts.push(`${left.toFixed(1)} ${top.toFixed(1)}`);
  }
  return parts.length ? `M${parts.join("L")}` : "";
}

/** The line at the pointer; undefined when none is near, or the pointer is elsewhere. */
export function pointedAt(u: uPlot, data: PlotData): string | undefined {
  const { idx, top = -1 } = u.cursor;
  if (typeof idx !== "number" || data.lines.length < 2 || !u.over.matches(":hover")) {
    return undefined;
  }
  let found: string | undefined;
  let least = NEAR;
  for (const line of data.lines) {
    if (line.id === undefined || line.faint) continue;
    const value = nearest(line.y, idx);
    const away = value === null ? least : Math.abs(u.valToPos(value, "y") - top);
    if (away < least) [found, least] = [line.id, away];
  }
  return found;
}
