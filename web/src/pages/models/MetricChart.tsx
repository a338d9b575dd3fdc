import { useLayoutEffect, useRef, useState } from "react";
import type { Holding, ModelVersion } from "../../api/schema.gen";
import { short } from "../../lib/number";
import styles from "./MetricChart.module.css";
import { bandsOf, placesOf, scaleOf } from "./metricChart";
import { strings } from "./strings";

const LEFT = 84;
const RIGHT = 16;
const TOP = 12;
const HEIGHT = 220; // of the curve
const LANE = 18; // height of a stage's band
const LABEL = 26; // between two numbers of versions, at least

interface MetricChartProps {
  /** In the order of their numbers. */
  versions: readonly ModelVersion[];
  metric: string;
  values: ReadonlyMap<string, number>;
  holdings: readonly Holding[];
}

/** A metric over versions; below it a band for each stage: dark now, pale in the past. */
export function MetricChart({ versions, metric, values, holdings }: MetricChartProps) {
  const frame = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(800);
  useLayoutEffect(() => {
    const element = frame.current;
    if (!element) return;
    const watch = new ResizeObserver(() => setWidth(element.clientWidth));
    watch.observe(element);
    return () => watch.disconnect();
  }, []);
  const numbers = versions.map((v) => v.version);
  const step = (width - LEFT - RIGHT) / Math.max(numbers.length, 1);
  const places = placesOf(numbers, LEFT, step);
  const scale = scaleOf([...values.values()], TOP, TOP + HEIGHT);
  const bands = bandsOf(versions, holdings);
  const bottom = TOP + HEIGHT + 22;
  const line = numbers.flatMap((number) => {
    const [x, value] = [places.get(number), values.get(number)];
    if (x === undefined || value === undefined || !Number.isFinite(value)) return [];
    return [{ number, x, y: scale.place(value), value }];
  });
  const every = Math.max(1, Math.ceil(LABEL / Math.max(step, 1)));
  return (
    <div ref={frame} className={styles.frame}>
      <svg
        role="img"
        aria-label={strings.metrics.chart(metric, line.length)}
        width={width}
        height={bottom + bands.length * (LANE + 4) + 6}
      >
        {scale.ticks.map((tick) => (
          <g key={tick}>
            <line
              x1={LEFT}
              x2={width - RIGHT}
              y1={scale.place(tick)}
              y2={scale.place(tick)}
              className={styles.grid}
            />
            <text x={LEFT - 8} y={scale.place(tick) + 4} textAnchor="end" className={styles.label}>
              {short(tick)}
            </text>
          </g>
        ))}
        <polyline points={line.map(({ x, y }) => `${x},${y}`).join(" ")} className={styles.line} />
        {line.map(({ number, x, y, value }) => (
          <circle key={number} cx={x} cy={y} r={4} className={styles.point}>
            <title>{strings.metrics.point(number, short(value))}</title>
          </circle>
        ))}
        {numbers.map(
          (number, i) =>
            i % every === 0 && (
              <text
                key={number}
                x={places.get(number)}
                y={TOP + HEIGHT + 16}
                textAnchor="middle"
                className={styles.label}
              >
                {number}
              </text>
            ),
        )}
        {bands.map(({ stage, now, past }, i) => {
          const y = bottom + i * (LANE + 4);
          const cell = (number: string, kind: string | undefined, said: string) => (
            <rect
              key={`${stage} ${number}`}
              x={(places.get(number) ?? 0) - Math.max(step - 1, 2) / 2}
              y={y}
              width={Math.max(step - 1, 2)}
              height={LANE}
              rx={2}
              className={kind}
              data-band={stage}
              data-version={number}
            >
              <title>{said}</title>
            </rect>
          );
          return (
            <g key={stage}>
              <text x={LEFT - 8} y={y + 13} textAnchor="end" className={styles.label}>
                {stage.length > 10 ? `${stage.slice(0, 9)}…` : stage}
              </text>
              {past.map((number) => cell(number, styles.past, strings.metrics.was(number, stage)))}
              {now.map((number) => cell(number, styles.now, strings.metrics.is(number, stage)))}
            </g>
          );
        })}
      </svg>
    </div>
  );
}
