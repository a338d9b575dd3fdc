import { useCallback, useMemo } from "react";
import { type Drawing, Sketch } from "../../components/Sketch";
import { type Axis, saidOf } from "../../lib/runAxes";
import { useStore } from "../../state/store";
import { shade } from "../../state/theme";
import { drawField } from "./contourField";
import { across, upward, xAxis, yAxis } from "./frame";
import styles from "./Parallel.module.css";
import type { RunPlot } from "./RunPlots";
import { runStrings as strings } from "./runStrings";

interface RunScatterProps extends RunPlot {
  x: Axis;
  y: Axis;
  /** What is drawn between the runs as a field of colours, if anything is. */
  z?: Axis | undefined;
}

const CHUNK = 1500; // points that are drawn without a pause
const NEAR = 12; // pixels within which a point is pointed at

/** A metric of each run against a param or another metric; what a third one is between them. */
export function RunScatter({ x, y, z, runs, colourOf, onOpen }: RunScatterProps) {
  const dark = useStore(shade) === "dark";
  const axes = useMemo(() => (z ? [x, y, z] : [x, y]), [x, y, z]);
  const drawn = useMemo(
    () =>
      runs.ids.flatMap((_, i) =>
        axes.every(({ values }) => Number.isFinite(values[i])) ? [i] : [],
      ),
    [runs, axes],
  );
  const cells = useCallback(
    (run: number) => [
      runs.names[run] ?? "",
      ...axes.map((axis) => saidOf(axis, axis.values[run] as number)),
    ],
    [runs, axes],
  );
  const drawing = useMemo((): Drawing => {
    const radius = drawn.length > 1000 ? 3 : 5;
    const value = (axis: Axis, thing: number) => axis.values[drawn[thing] as number] as number;
    return {
      count: drawn.length,
      said: (thing) => {
        const run = drawn[thing] as number;
        const [name = "", ...values] = cells(run);
        return [name, ...axes.map(({ key }, i) => `${key} ${values[i]}`)];
      },
      *draw(pen, space) {
        xAxis(pen, x, space);
        yAxis(pen, y, space);
        if (z) yield* drawField(pen, space, { x, y, z }, drawn, dark);
        for (const thing of drawn.keys()) {
          const fill = colourOf(drawn[thing] as number, space);
          const ink = z ? { fill, stroke: space.colour("--ink") } : { fill, alpha: 0.75 };
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
  }, [drawn, axes, x, y, z, colourOf, cells, dark]);
  const rows = () => drawn.map(cells);
  const left = runs.ids.length - drawn.length;
  const title = z ? strings.contour(z.key, y.key, x.key) : strings.scatter(y.key, x.key);
  return (
    <>
      <Sketch
        title={title}
        summary={`${title}: ${strings.runs(drawn.length)}.`}
        height={440}
        drawing={drawing}
        heads={[strings.run, ...axes.map(({ key }) => key)]}
        rows={rows}
        onOpen={(thing) => onOpen(drawn[thing] as number)}
      />
      {left > 0 && <p className={styles.note}>{strings.lacking(left)}</p>}
    </>
  );
}
