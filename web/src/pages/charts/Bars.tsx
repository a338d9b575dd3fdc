import { useMemo } from "react";
import { type Drawing, Sketch } from "../../components/Sketch";
import { cut } from "../../lib/fit";
import { tick } from "../../lib/number";
import { type Axis, saidOf } from "../../lib/runAxes";
import { ticks } from "../../lib/ticks";
import styles from "./Parallel.module.css";
import type { RunPlot } from "./RunPlots";
import { runStrings as strings } from "./runStrings";

interface BarsProps extends RunPlot {
  y: Axis;
}

const MOST = 100; // bars
const BAR = 22; // pixels of a bar and what is below it
const NAMES = 150;
const NUMBERS = 70;
const FOOT = 24;

/** The last value of a metric of each run, the greatest first. */
export function Bars({ y, runs, colourOf, onOpen }: BarsProps) {
  const order = useMemo(() => {
    const value = (run: number) => y.values[run] as number;
    const all = runs.ids.flatMap((_, i) => (Number.isNaN(value(i)) ? [] : [i]));
    return all.sort((a, b) => value(b) - value(a));
  }, [runs, y]);
  const shown = useMemo(() => order.slice(0, MOST), [order]);
  const rows = () =>
    order.map((run) => [runs.names[run] ?? "", saidOf(y, y.values[run] as number)]);
  const drawing = useMemo((): Drawing => {
    const values = shown.map((run) => y.values[run] as number);
    const [low, high] = [Math.min(0, ...values), Math.max(0, ...values)];
    const at = (value: number, width: number) =>
      NAMES + ((value - low) / (high - low || 1)) * (width - NAMES - NUMBERS);
    const name = (run: number, most: number) => cut(runs.names[run] ?? "", most);
    return {
      count: shown.length,
      said: (thing) => {
        const run = shown[thing] as number;
        return [runs.names[run] ?? "", `${y.key} ${saidOf(y, y.values[run] as number)}`];
      },
      *draw(pen, { width, height, colour }) {
        for (const place of ticks(low, high, Math.max(2, (width - NAMES - NUMBERS) / 90))) {
          const x = at(place, width);
          pen.path([x, 0, x, height - FOOT], { stroke: colour("--line") });
          const look = { fill: colour("--ink-faint"), align: "center" } as const;
          pen.text(tick(place), x, height - FOOT / 2, look);
        }
        for (const [i, run] of shown.entries()) {
          const value = values[i] as number;
          const [from, to] = [at(Math.min(0, value), width), at(Math.max(0, value), width)];
          const fill = colourOf(run, { width, height, colour });
          pen.rect(from, i * BAR + 3, Math.max(to - from, 1), BAR - 6, { fill });
          const y0 = i * BAR + BAR / 2;
          pen.text(name(run, 22), NAMES - 8, y0, { fill: colour("--ink"), align: "right" });
          pen.text(saidOf(y, value), at(Math.max(0, value), width) + 6, y0, {
            fill: colour("--ink-soft"),
          });
        }
        yield;
      },
      mark(pen, thing, { width, colour }) {
        pen.rect(0, thing * BAR, width, BAR, { fill: colour("--accent"), alpha: 0.12 });
      },
      at: (_, py) => {
        const thing = Math.floor(py / BAR);
        return thing >= 0 && thing < shown.length ? thing : undefined;
      },
    };
  }, [shown, runs, y, colourOf]);
  const left = runs.ids.length - order.length;
  return (
    <>
      <Sketch
        title={strings.bars(y.key)}
        summary={`${strings.bars(y.key)}: ${strings.runs(order.length)}.`}
        height={Math.max(shown.length * BAR + FOOT, 120)}
        drawing={drawing}
        heads={[strings.run, y.key]}
        rows={rows}
        onOpen={(thing) => onOpen(shown[thing] as number)}
      />
      {order.length > MOST && <p className={styles.note}>{strings.manyBars(MOST, order.length)}</p>}
      {left > 0 && <p className={styles.note}>{strings.lacking(left)}</p>}
    </>
  );
}
