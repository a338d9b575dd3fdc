import styles from "./MoveDialog.module.css";
import { strings } from "./strings";

/** What a version lacks for a stage. */
export function Missing({ texts }: { texts: readonly string[] }) {
  if (!texts.length) return null;
  return (
    <div>
      <h3>{strings.move.missing}</h3>
      <ul className={styles.list}>
        {texts.map((text) => (
          <li key={text}>{text}</li>
        ))}
      </ul>
    </div>
  );
}
