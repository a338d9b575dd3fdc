import type { ReactNode } from "react";
import styles from "./Table.module.css";

export interface Head {
  readonly name: string;
  readonly align?: "left" | "right";
}

interface TableProps<T> {
  label: string;
  heads: readonly Head[];
  rows: readonly T[];
  rowKey: (row: T) => string;
  cells: (row: T) => readonly ReactNode[];
  /** The text of the first cell, which is cut where it is too long to stand in one line. */
  first?: (row: T) => string;
}

/** A small table, all of whose rows are there; DataGrid is for the others. */
export function Table<T>({ label, heads, rows, rowKey, cells, first }: TableProps<T>) {
  const cut = (row: T, i: number) =>
    first && i === 0 ? { className: styles.first, title: first(row) } : { className: side(i) };
  const side = (i: number) => (heads[i]?.align === "right" ? styles.right : undefined);
  return (
    <table className={styles.table} aria-label={label}>
      <thead>
        <tr>
          {heads.map((head, i) => (
            <th key={head.name} scope="col" className={side(i)}>
              {head.name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={rowKey(row)}>
            {cells(row).map((cell, i) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a cell is known by its column
              <td key={i} {...cut(row, i)}>
                {cell}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
