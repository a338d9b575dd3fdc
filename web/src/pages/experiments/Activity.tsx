import type { ExperimentOverview } from "../../api/schema.gen";
import styles from "./Experiments.module.css";
import { strings } from "./strings";

const [WIDTH, HEIGHT] = [98, 20];
const GAP = 2;

/** How many runs began on each of the last days: a bar a day, the highest for the most. */
export function Activity({ days = [] }: Pick<ExperimentOverview, "days">) {
  const most = Math.max(...days);
  if (!days.length) return <span className={styles.none}>–</span>;
  const step = WIDTH / days.length;
  const said = strings.overview.days(days);
  return (
    <svg
      className={styles.activity}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      width={WIDTH}
      height={HEIGHT}
      role="img"
      aria-label={said}
    >
      <title>{said}</title>
      {days.map((runs, day) => {
        // A day with a run is seen beside one with hundreds, and one without leaves a mark.
        const height = runs ? Math.max(3, (runs / most) * HEIGHT) : 1;
        return (
          <rect
            // biome-ignore lint/suspicious/noArrayIndexKey: a day has no other name
            key={day}
            data-runs={runs || undefined}
            x={day * step}
            y={HEIGHT - height}
            width={step - GAP}
            height={height}
          />
        );
      })}
    </svg>
  );
}
