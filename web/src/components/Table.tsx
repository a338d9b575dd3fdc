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
}

/** A small table, all of whose rows are there; DataGrid is for the others. */
export function Table<T>({ label, heads, rows, rowKey, cells }: TableProps<T>) {
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
              <td key={i} className={side(i)}>
                {cell}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
