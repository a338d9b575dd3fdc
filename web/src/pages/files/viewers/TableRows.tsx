import { type ReactNode, useMemo, useState } from "react";
import { type Column, DataGrid } from "../../../components/DataGrid";
import { Segments } from "../../../components/Segments";
import { Table } from "../../../components/Table";
import { grouped, short } from "../../../lib/number";
import type { Sort } from "../../../lib/search";
import { strings } from "../strings";
import { inOrder, summaryOf } from "../summary";
import styles from "./viewers.module.css";

interface TableRowsProps<Row> {
  name: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  /** Whether the file has more rows than these. */
  more: boolean;
  /** A value as it is shown; empty where there is none. */
  textOf: (row: Row, column: string) => string;
  /** What is said above the rows. */
  children: ReactNode;
  onRange?: (first: number, last: number) => void;
}

const NONE: readonly Sort[] = [];

/** The rows of a table, in an order that one chooses, or what its columns have in common. */
export function TableRows<Row>(props: TableRowsProps<Row>) {
  const { name, columns, rows, more, textOf, children, onRange } = props;
  const [summed, setSummed] = useState(false);
  const [sorts, setSorts] = useState(NONE);
  // biome-ignore lint/correctness/useExhaustiveDependencies: how a value is read stays the same
  const shown = useMemo(() => inOrder(rows, sorts, textOf), [rows, sorts]);
  const sortable = useMemo(() => columns.map((one) => ({ ...one, sortable: true })), [columns]);
  return (
    <div className={styles.fill}>
      <div className={styles.bar}>
        <Segments
          label={strings.tableView}
          value={summed ? "columns" : "rows"}
          choices={[
            ["rows", strings.rowsView],
            ["columns", strings.schema],
          ]}
          onChoose={(view) => setSummed(view === "columns")}
        />
        {children}
        {more && (summed || sorts.length > 0) && <span>{strings.ofRead}</span>}
      </div>
      <div className={styles.grow}>
        {summed ? (
          <Summaries columns={columns} rows={rows} textOf={textOf} />
        ) : (
          <DataGrid
            label={strings.table(name)}
            columns={sortable}
            count={shown.length}
            rowAt={(i) => shown[i]}
            rowKey={() => ""}
            sorts={sorts}
            onSort={setSorts}
            {...(onRange ? { onRange } : {})}
          />
        )}
      </div>
    </div>
  );
}

type SummariesProps<Row> = Pick<TableRowsProps<Row>, "columns" | "rows" | "textOf">;

function Summaries<Row>({ columns, rows, textOf }: SummariesProps<Row>) {
  const found = columns.map((column) => ({
    name: column.name,
    id: column.id,
    ...summaryOf(rows.map((row) => textOf(row, column.id))),
  }));
  const { least, mean, greatest } = strings.summaryHeads;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
    <section className={styles.summaries} tabIndex={0} aria-label={strings.schema}>
      <Table
        label={strings.schema}
        heads={[
          { name: strings.columnName },
          { name: strings.columnType },
          { name: strings.summaryHeads.empty, align: "right" },
          { name: strings.summaryHeads.distinct, align: "right" },
          { name: least, align: "right" },
          { name: mean, align: "right" },
          { name: greatest, align: "right" },
          { name: strings.summaryHeads.most },
        ]}
        rows={found}
        rowKey={({ id }) => id}
        cells={({ name, type, empty, distinct, numbers, most }) => [
          name,
          strings.types[type],
          grouped(empty),
          grouped(distinct),
          ...[numbers?.least, numbers?.mean, numbers?.greatest].map((number) =>
            number === undefined ? "" : <Full key="n" value={number} />,
          ),
          most && strings.mostFrequent(most.value, most.count),
        ]}
      />
    </section>
  );
}

function Full({ value }: { value: number }) {
  return (
    <span className="num brief" title={String(value)}>
      {short(value as never)}
    </span>
  );
}
