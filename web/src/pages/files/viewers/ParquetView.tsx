import { useQuery } from "@tanstack/react-query";
import type { FileMetaData } from "hyparquet";
import { useMemo } from "react";
import type { Column } from "../../../components/DataGrid";
import { Loaded } from "../../../components/Loaded";
import { Table } from "../../../components/Table";
import { short } from "../../../lib/number";
import { strings } from "../strings";
import {
  type ParquetRow,
  type ParquetRows,
  present,
  readParquet,
  typeOf,
  written,
} from "./parquet";
import { TableRows } from "./TableRows";
import styles from "./viewers.module.css";

const ROWS = 1000; // rows that are shown
interface ParquetViewProps {
  url: string;
  name: string;
  size: number;
}

/** The columns and first rows of a parquet file; only what they need of it is read. */
export default function ParquetView({ url, name, size }: ParquetViewProps) {
  const query = useQuery({
    queryKey: ["bytes", "parquet", url, size, ROWS],
    queryFn: ({ signal }) => readParquet(url, size, ROWS, signal),
    staleTime: 60_000,
    gcTime: 60_000,
    refetchOnWindowFocus: false,
    retry: false,
  });
  return (
    <Loaded query={query} failed={strings.parquetFailed} lines={10}>
      {(found) => <Shown {...found} name={name} />}
    </Loaded>
  );
}

function Shown({ about, rows, why, name }: ParquetRows & { name: string }) {
  const fields = about.schema.filter((element) => !element.num_children);
  const total = Number(about.num_rows);
  const codecs = new Set(
    about.row_groups[0]?.columns.flatMap((column) => column.meta_data?.codec ?? []),
  );
  const columns = useMemo(() => fieldsOf(rows, about), [rows, about]);
  const said = (
    <>
      <span className="num" role="status">
        {rows.length < total
          ? strings.rows(rows.length, short(total))
          : strings.groups(total, about.row_groups.length)}
      </span>
      <span>
        {strings.compression}: {[...codecs].join(", ")}
      </span>
      {why && <span>{why}</span>}
    </>
  );
  if (rows.length) {
    return (
      <TableRows
        name={name}
        columns={columns}
        rows={rows}
        more={rows.length < total}
        textOf={(row, column) => (present(row[column]) ? written(row[column]) : "")}
      >
        {said}
      </TableRows>
    );
  }
  return (
    <div className={styles.fill}>
      <div className={styles.bar}>{said}</div>
      <Table
        label={strings.schema}
        heads={[{ name: strings.columnName }, { name: strings.columnType }]}
        rows={fields}
        rowKey={(field) => field.name}
        cells={(field) => [field.name, typeOf(field)]}
      />
    </div>
  );
}

function fieldsOf(rows: readonly ParquetRow[], about: FileMetaData): Column<ParquetRow>[] {
  const top = new Map(about.schema.map((element) => [element.name, element]));
  return Object.keys(rows[0] ?? {}).map((name) => {
    const values = rows.slice(0, 50).map((row) => written(row[name]));
    const widest = values.reduce((most, value) => Math.max(most, value.length), name.length);
    const element = top.get(name);
    const type = element && !element.num_children ? typeOf(element) : "";
    const numeric = rows.some((row) => ["number", "bigint"].includes(typeof row[name]));
    return {
      id: name,
      name: type ? `${name} · ${type}` : name,
      width: Math.min(Math.max(widest * 7.5, (name.length + type.length + 3) * 7.5) + 24, 320),
      align: numeric ? "right" : "left",
      cell: (row) => {
        const value = written(row[name]);
        return <span title={value}>{value}</span>;
      },
    };
  });
}
