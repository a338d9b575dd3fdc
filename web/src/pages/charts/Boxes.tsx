import { useMemo } from "react";
import { type Drawing, Sketch, type Space } from "../../components/Sketch";
import { type Box, boxesOf } from "../../lib/boxes";
import { cut } from "../../lib/fit";
import { short } from "../../lib/number";
import type { Axis } from "../../lib/runAxes";
import { BOTTOM, LEFT, RIGHT, upward, yAxis } from "./frame";
import styles from "./Parallel.module.css";
import type { RunPlot } from "./RunPlots";
import { runStrings as strings } from "./runStrings";

interface BoxesProps extends RunPlot {
  x: Axis;
  y: Axis;
}

const NUMBERS = ["low", "q1", "median", "q3", "high"] as const;

/** How a metric of the runs lies in each group of them. */
export function Boxes({ x, y, runs, colourOf }: BoxesProps) {
  const boxes = useMemo(() => boxesOf(x, y), [x, y]);
  const drawing = useMemo((): Drawing => {
    const step = ({ width }: Space) => (width - LEFT - RIGHT) / Math.max(boxes.length, 1);
    return {
      count: boxes.length,
      said: (thing) => {
        const box = boxes[thing] as Box;
        const parts = NUMBERS.map((part) => `${strings.of[part]} ${short(box[part])}`);
        return [`${x.key} ${box.name}`, strings.runs(box.runs.length), ...parts];
      },
      *draw(pen, space) {
        yAxis(pen, y, space);
        const wide = step(space);
        for (const [i, box] of boxes.entries()) {
          const middle = LEFT + (i + 0.5) * wide;
          const half = Math.min(wide * 0.35, 40);
          const at = (value: number) => upward(y, value, space);
          const stroke = space.colour("--accent");
          const line = { stroke, width: 1.5 };
          pen.path([middle, at(box.low), middle, at(box.q1), Number.NaN, 0], line);
          pen.path([middle, at(box.q3), middle, at(box.high)], line);
          for (const end of [box.low, box.high]) {
            pen.path([middle - half / 2, at(end), middle + half / 2, at(end)], line);
          }
          const tall = Math.max(at(box.q1) - at(box.q3), 1);
          const paper = { fill: space.colour("--surface") };
          pen.rect(middle - half, at(box.q3), 2 * half, tall, paper);
          pen.rect(middle - half, at(box.q3), 2 * half, tall, { fill: stroke, alpha: 0.15 });
          pen.rect(middle - half, at(box.q3), 2 * half, tall, line);
          const bar = [middle - half, at(box.median), middle + half, at(box.median)];
          pen.path(bar, { stroke, width: 3 });
          for (const run of box.outliers) {
            const value = y.values[run] as number;
            pen.circle(middle, at(value), 3, { fill: colourOf(run, space), alpha: 0.8 });
          }
          const most = Math.max(3, Math.floor(wide / 7));
          const name = cut(box.name, most);
          const look = { fill: space.colour("--ink-soft"), align: "center" } as const;
          pen.text(name, middle, space.height - BOTTOM + 14, look);
          if (i % 10 === 9) yield;
        }
      },
      mark(pen, thing, space) {
        const wide = step(space);
        const fill = space.colour("--accent");
        pen.rect(LEFT + thing * wide, 0, wide, space.height - BOTTOM, { fill, alpha: 0.1 });
      },
      at: (px, _, space) => {
        const thing = Math.floor((px - LEFT) / step(space));
        return thing >= 0 && thing < boxes.length ? thing : undefined;
      },
    };
  }, [boxes, x, y, colourOf]);
  const rows = () =>
    boxes.map((box) => [
      box.name,
      String(box.runs.length),
      ...NUMBERS.map((part) => short(box[part])),
    ]);
  const shown = boxes.reduce((sum, box) => sum + box.runs.length, 0);
  const title = strings.boxes(y.key, x.key);
  return (
    <>
      <Sketch
        title={title}
        summary={`${title}: ${strings.runs(shown)}.`}
        height={420}
        drawing={drawing}
        heads={[x.key, strings.number, ...NUMBERS.map((part) => strings.of[part])]}
        rows={rows}
      />
      {shown < runs.ids.length && (
        <p className={styles.note}>{strings.lacking(runs.ids.length - shown)}</p>
      )}
    </>
  );
}
