import { Button } from "../../components/Button";
import { selectedIds } from "../../lib/runIds";
import styles from "./Parallel.module.css";
import { runStrings as strings } from "./runStrings";

/** Says that only what was selected in the table is drawn. */
export function Selected({ sel, onAll }: { sel: string | undefined; onAll: () => void }) {
  const { size } = selectedIds(sel);
  if (!size) return null;
  return (
    <div className={styles.selected} role="status">
      {strings.selected(size)}
      <Button onClick={onAll}>{strings.drawAll}</Button>
    </div>
  );
}
