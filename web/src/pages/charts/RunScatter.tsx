import { useCallback, useMemo } from "react";
import { type Drawing, Sketch } from "../../components/Sketch";
import { type Axis, saidOf } from "../../lib/runAxes";
import { across, upward, xAxis, yAxis } from "./frame";
import styles from "./Parallel.module.css";
import type { RunPlot } from "./RunPlots";
import { runStrings as strings } from "./runStrings";

interface RunScatterProps extends RunPlot {
  x: Axis;
  y: Axis;
}

const CHUNK = 1500; // points that are drawn without a pause
const NEAR = 12; // pixels within which a point is pointed at

/** A metric of each run against a param or another metric. */
export function RunScatter({ x, y, runs, colourOf, onOpen }: RunScatterProps) {
  const drawn = useMemo(
    () =>
      runs.ids.flatMap((_, i) =>
        Number.isNaN(x.values[i] as number) || Number.isNaN(y.values[i] as number) ? [] : [i],
      ),
    [runs, x, y],
  );
  const cells = useCallback(
    (run: number) => [
      runs.names[run] ?? "",
      saidOf(x, x.values[run] as number),
      saidOf(y, y.values[run] as number),
    ],
    [runs, x, y],
  );
  const drawing = useMemo((): Drawing => {
    const radius = drawn.length > 1000 ? 3 : 5;
    const value = (axis: Axis, thing: number) => axis.values[drawn[thing] as number] as number;
    return {
      count: drawn.length,
      said: (thing) => {
        const run = drawn[thing] as number;
        const [name = "", atX, atY] = cells(run);
        return [name, `${x.key} ${atX}`, `${y.key} ${atY}`];
      },
      *draw(pen, space) {
        xAxis(pen, x, space);
        yAxis(pen, y, space);
        for (const thing of drawn.keys()) {
          const ink = { fill: colourOf(drawn[thing] as number, space), alpha: 0.75 };
          pen.circle(
            across(x, value(x, thing), space),
            upward(y, value(y, thing), space),
            radius,
            ink,
          );
          if (thing % CHUNK === CHUNK - 1) yield;
        }
      },
      mark(pen, thing, space) {
        const [cx, cy] = [across(x, value(x, thing), space), upward(y, value(y, thing), space)];
        const fill = colourOf(drawn[thing] as number, space);
        pen.circle(cx, cy, radius + 3, { fill, stroke: space.colour("--ink"), width: 2 });
      },
      at: (px, py, space) => {
        let best: number | undefined;
        let least = NEAR;
        for (const thing of drawn.keys()) {
          const away = Math.hypot(
            across(x, value(x, thing), space) - px,
            upward(y, value(y, thing), space) - py,
          );
          if (away < least) [best, least] = [thing, away];
        }
        return best;
      },
    };
  }, [drawn, x, y, colourOf, cells]);
  const rows = () => drawn.map(cells);
  const left = runs.ids.length - drawn.length;
  const title = strings.scatter(y.key, x.key);
  return (
    <>
      <Sketch
        title={title}
        summary={`${title}: ${strings.runs(drawn.length)}.`}
        height={440}
        drawing={drawing}
        heads={[strings.run, x.key, y.key]}
        rows={rows}
        onOpen={(thing) => onOpen(drawn[thing] as number)}
      />
      {left > 0 && <p className={styles.note}>{strings.lacking(left)}</p>}
    </>
  );
}
