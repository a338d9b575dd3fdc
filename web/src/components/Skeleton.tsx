import { strings } from "../strings";
import styles from "./Skeleton.module.css";

/** Stands for lines that are on their way; not before 150 ms, so that fast answers do not flicker. */
export function Skeleton({ lines = 4 }: { lines?: number }) {
  return (
    <div className={styles.lines} role="status" aria-label={strings.loading}>
      {Array.from({ length: lines }, (_, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the lines are all alike
        <div key={i} className={styles.line} />
      ))}
    </div>
  );
}
