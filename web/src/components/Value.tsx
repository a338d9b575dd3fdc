import { CopyButton } from "./CopyButton";
import styles from "./Value.module.css";

/** A value as somebody wrote it, and a button that copies it; that one shows when it is needed. */
export function Value({ text }: { text: string | undefined }) {
  if (!text) return <code>{text}</code>;
  return (
    <span className={styles.value}>
      <code>{text}</code>
      <span className={styles.copy}>
        <CopyButton value={text} />
      </span>
    </span>
  );
}
