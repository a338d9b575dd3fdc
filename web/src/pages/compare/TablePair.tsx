import { type ReactNode, useMemo } from "react";
import { type Column, DataGrid } from "../../components/DataGrid";
import { Empty } from "../../components/Empty";
import { ErrorNote } from "../../components/ErrorNote";
import { Skeleton } from "../../components/Skeleton";
import { grouped } from "../../lib/number";
import { useTextDiff } from "../files/aside";
import { isNumeric } from "../files/csv";
import { strings } from "./strings";
import styles from "./TablePair.module.css";
import {
  columnsOf,
  linesOfTable,
  rowsOfTables,
  sameRows,
  type TableDiffRow,
  type TablePairColumn,
  type TextTable,
  tableOf,
  withoutEnds,
} from "./tableDiff";

const ROW = 30;
const HEAD = 34;
const TALL = 520; // pixels of the grid at most
const LETTER = 7.5; // pixels
const SAMPLE = 60; // rows by which columns get their widths

interface TextPairProps {
  label: string;
  before: string;
  after: string;
  delimiter: string;
}

/** Two tables of separated values. */
export function TextTablePair({ label, before, after, delimiter }: TextPairProps) {
  const left = useMemo(() => tableOf(before, delimiter), [before, delimiter]);
  const right = useMemo(() => tableOf(after, delimiter), [after, delimiter]);
  return <TablePair label={label} left={left} right={right} />;
}

interface TablePairProps {
  label: string;
  left: TextTable;
  right: TextTable;
  /** What else is to be said of them. */
  note?: string;
}

/** Two tables: the rows in which they differ, and in them the values that do. */
export function TablePair({ label, left, right, note }: TablePairProps) {
  const { columns, lines } = useMemo(() => {
    const columns = columnsOf(left, right, (place) => strings.table.column(place + 1));
    const lines = [linesOfTable(left, columns, "before"), linesOfTable(right, columns, "after")];
    return { columns, lines };
  }, [left, right]);
  const { found, problem, again } = useTextDiff(lines[0] ?? "", lines[1] ?? "");
  const rows = useMemo(
    () => (found ? withoutEnds(rowsOfTables(found), left, right) : []),
    [found, left, right],
  );
  const shown = useMemo(
    () => [placesOf(rows), CHANGE, ...columns.map((column) => shownAs(column, left, right, rows))],
    [columns, left, right, rows],
  );
  if (problem) return <ErrorNote title={strings.diffFailed} problem={problem} onRetry={again} />;
  if (!found) return <Skeleton lines={6} />;
  return (
    <div className={styles.table}>
      <p className={styles.said} role="status">
        {said(rows, left, right, columns)}
        {note && ` ${note}`}
      </p>
      {rows.length > 0 && (
        <div
          className={styles.grid}
          style={{ height: Math.min(rows.length * ROW + HEAD + 16, TALL) }}
        >
          <DataGrid
            label={label}
            columns={shown}
            count={rows.length}
            rowAt={(i) => rows[i]}
            rowKey={(row) => `${row.before} ${row.after}`}
            empty={<Empty title={strings.table.none} />}
          />
        </div>
      )}
    </div>
  );
}

/** What differs in numbers and names; that the bytes differ is known. */
function said(
  rows: readonly TableDiffRow[],
  left: TextTable,
  right: TextTable,
  columns: readonly TablePairColumn[],
): ReactNode {
  const isCut = left.isCut || right.isCut;
  const times = (change: TableDiffRow["change"]) =>
    rows.filter((row) => row.change === change).length;
  const [changed, added, removed] = [times("changed"), times("added"), times("removed")];
  const names = (side: "before" | "after") =>
    columns.filter((column) => column[side] === undefined).map(({ name }) => name);
  return [
    rows.length
      ? strings.table.rows(changed, added, removed, sameRows(rows, left, right))
      : isCut
        ? strings.table.noneOfFirst
        : strings.table.none,
    isCut && strings.table.first(Math.max(left.rows.length, right.rows.length)),
    strings.table.added(names("before")),
    strings.table.removed(names("after")),
  ]
    .filter(Boolean)
    .join(" ");
}

function placeOf({ before, after }: TableDiffRow): string {
  const [from, to] = [before, after].map((at) => (at === undefined ? "" : grouped(at + 1)));
  return (from && to && from !== to ? `${from} → ${to}` : from || to) ?? "";
}

function placesOf(rows: readonly TableDiffRow[]): Column<TableDiffRow> {
  const widest = rows.reduce((most, row) => Math.max(most, placeOf(row).length), 0);
  return {
    id: "place",
    name: strings.table.row,
    width: Math.max(widest * LETTER + 22, 84),
    align: "right",
    pinned: true,
    cell: (row) => <span className={styles.soft}>{placeOf(row)}</span>,
  };
}

const CHANGE: Column<TableDiffRow> = {
  id: "change",
  name: strings.table.change,
  width: 92,
  cell: ({ change }) => (
    <em className={`${styles.mark} ${styles[change] ?? ""}`}>{strings.change[change]}</em>
  ),
};

function shownAs(
  column: TablePairColumn,
  left: TextTable,
  right: TextTable,
  rows: readonly TableDiffRow[],
): Column<TableDiffRow> {
  const { name, before, after } = column;
  const cellOf = (table: TextTable, row: number | undefined, place: number | undefined) =>
    row === undefined || place === undefined ? undefined : (table.rows[row]?.[place] ?? "");
  const sides = (row: TableDiffRow) =>
    [cellOf(left, row.before, before), cellOf(right, row.after, after)] as const;
  const widest = rows.slice(0, SAMPLE).reduce((most, row) => {
    const [from = "", to = ""] = sides(row);
    return Math.max(most, from === to ? to.length : from.length + to.length + 3);
  }, name.length);
  const numeric = isNumeric(right.rows, after ?? -1) || isNumeric(left.rows, before ?? -1);
  return {
    id: `${before} ${after}`,
    name,
    width: Math.min(Math.max(widest * LETTER + 26, 84), 340),
    align: numeric ? "right" : "left",
    cell: (row) => {
      const [from, to] = sides(row);
      const whole = before === undefined || after === undefined || row.change !== "changed";
      if (whole || from === to) {
        const text = to ?? from ?? "";
        return (
          <span title={text} className={row.change === "changed" && !whole ? styles.soft : ""}>
            {text}
          </span>
        );
      }
      return (
        <span title={`${from} → ${to}`}>
          <del className={styles.removed}>{from || strings.table.nothing}</del>{" "}
          <ins className={styles.added}>{to || strings.table.nothing}</ins>
        </span>
      );
    },
  };
}
