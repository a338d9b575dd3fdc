import styles from "./Code.module.css";
import { CopyButton } from "./CopyButton";

/** Text to copy: a snippet, a command, a file's lines. */
export function Code({ text, label }: { text: string; label: string }) {
  return (
    <div className={styles.code}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard */}
      <pre tabIndex={0} aria-label={label} role="region">
        <code>{text}</code>
      </pre>
      <div className={styles.copy}>
        <CopyButton value={text} />
      </div>
    </div>
  );
}
