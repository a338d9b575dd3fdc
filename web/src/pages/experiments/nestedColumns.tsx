import type { ReactNode } from "react";
import { Badge } from "../../components/Badge";
import type { Column, Nesting } from "../../components/DataGrid";
import { Icon } from "../../components/Icon";
import { grouped } from "../../lib/number";
import type { RunRow } from "../../lib/table";
import { NAME } from "../runs/columns";
import styles from "./Experiment.module.css";
import { strings } from "./strings";

const STEP = 18; // pixels by which a run stands right of the one that it is nested in
const DEEPEST = 6; // levels that are told apart so; more would leave no room for the names

/** Where a run stands, as the grid wants to know it. */
export function nestingOf({ node }: RunRow): Nesting {
  return {
    level: (node?.depth ?? 0) + 1,
    open: node?.passing ? (node.unfolded ?? false) : undefined,
  };
}

/**
 * The columns of runs as those of a table in which they are nested.
 *
 * @param filtered whether some runs do not match.
 */
export function withNesting(
  columns: readonly Column<RunRow>[],
  filtered: boolean,
  onToggle: (row: RunRow) => void,
): Column<RunRow>[] {
  return columns.map((column) => {
    if (column.id !== NAME) return column;
    return {
      ...column,
      width: 300,
      cell: (row: RunRow) => (
        <NestedName row={row} filtered={filtered} onToggle={onToggle}>
          {column.cell(row)}
        </NestedName>
      ),
    };
  });
}

interface NestedNameProps {
  row: RunRow;
  filtered: boolean;
  onToggle: (row: RunRow) => void;
  children: ReactNode;
}

/** The name of a run below the one that it is nested in, and what unfolds it. */
function NestedName({ row, filtered, onToggle, children }: NestedNameProps) {
  const { depth = 0, nested = 0, passing = 0, passes = true, unfolded = false } = row.node ?? {};
  const said = unfolded ? strings.nesting.fold(row.name) : strings.nesting.unfold(row.name);
  return (
    <span
      className={styles.nested}
      style={{ paddingLeft: Math.min(depth, DEEPEST) * STEP }}
      title={passes ? undefined : strings.nesting.beside(row.name)}
    >
      {passing > 0 ? (
        <button
          type="button"
          tabIndex={-1}
          className={styles.twist}
          aria-label={said}
          aria-expanded={unfolded}
          onClick={() => onToggle(row)}
        >
          <Icon name={unfolded ? "down" : "right"} size={12} />
        </button>
      ) : (
        <span className={styles.twist} />
      )}
      <span className={`${styles.named} ${passes ? "" : styles.besides}`}>{children}</span>
      {nested > 0 && (
        <span className={styles.counted} title={strings.nesting.nested(nested)}>
          <Badge>{filtered ? strings.nesting.match(passing, nested) : grouped(nested)}</Badge>
        </span>
      )}
    </span>
  );
}
