import { Button } from "../../components/Button";
import { literal } from "../../lib/filter";
import { selectedIds } from "../experiments/selection";
import styles from "./Parallel.module.css";
import { runStrings as strings } from "./runStrings";

/** A filter for the runs that are selected in the table; empty when it is none, or all. */
export function selectedOnly(sel: string | undefined): string {
  const ids = [...selectedIds(sel)];
  return ids.length ? `attributes.run_id IN (${ids.map(literal).join(", ")})` : "";
}

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
