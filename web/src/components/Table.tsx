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
  /** Whether each row is a list of its cells, with their heads, where there is no room beside. */
  stacks?: boolean;
}

/** A small table, all of whose rows are there; DataGrid is for the others. */
export function Table<T>({ label, heads, rows, rowKey, cells, first, stacks }: TableProps<T>) {
  const cut = (row: T, i: number) =>
    first && i === 0 ? { className: styles.first, title: first(row) } : { className: side(i) };
  const side = (i: number) => (heads[i]?.align === "right" ? styles.right : undefined);
  // Said, since what is laid out as something else is no table of its own accord.
  const role = (name: string) => (stacks ? { role: name } : {});
  return (
    <table
      className={`${styles.table} ${stacks ? styles.stacks : ""}`}
      aria-label={label}
      {...role("table")}
    >
      <thead {...role("rowgroup")}>
        <tr {...role("row")}>
          {heads.map((head, i) => (
            <th key={head.name} scope="col" className={side(i)} {...role("columnheader")}>
              {head.name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody {...role("rowgroup")}>
        {rows.map((row) => (
          <tr key={rowKey(row)} {...role("row")}>
            {cells(row).map((cell, i) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a cell is known by its column
              <td key={i} data-head={heads[i]?.name} {...cut(row, i)} {...role("cell")}>
                {cell}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
