import { CopyButton } from "./CopyButton";
import styles from "./Id.module.css";

/** The head of a long identifier, and a button that copies all of it. */
export function Id({ value, length = 8 }: { value: string; length?: number }) {
  return (
    <span className={styles.id}>
      <code title={value}>{value.slice(0, length)}</code>
      <CopyButton value={value} />
    </span>
  );
}
