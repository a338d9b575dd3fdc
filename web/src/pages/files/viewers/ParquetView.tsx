import { useQuery } from "@tanstack/react-query";
import { decompress } from "fzstd";
import {
  type AsyncBuffer,
  type CompressionCodec,
  type FileMetaData,
  parquetMetadataAsync,
  parquetReadObjects,
  type SchemaElement,
} from "hyparquet";
import { useMemo } from "react";
import { readPart } from "../../../api/client";
import type { Column } from "../../../components/DataGrid";
import { Loaded } from "../../../components/Loaded";
import { Table } from "../../../components/Table";
import { bytes, short } from "../../../lib/number";
import { MOST } from "../Content";
import { strings } from "../strings";
import { TableRows } from "./TableRows";
import styles from "./viewers.module.css";

const ROWS = 1000; // rows that are shown
const READS: readonly CompressionCodec[] = ["UNCOMPRESSED", "SNAPPY", "ZSTD"];

type Row = Record<string, unknown>;

interface Read {
  readonly about: FileMetaData;
  readonly rows: readonly Row[];
  /** Why there are no rows. */
  readonly why?: string | undefined;
}

interface ParquetViewProps {
  url: string;
  name: string;
  size: number;
}

/** The columns and first rows of a parquet file; only what they need of it is read. */
export default function ParquetView({ url, name, size }: ParquetViewProps) {
  const query = useQuery({
    queryKey: ["bytes", "parquet", url, size],
    queryFn: ({ signal }) => read(url, size, signal),
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

async function read(url: string, size: number, signal: AbortSignal): Promise<Read> {
  const file: AsyncBuffer = {
    byteLength: size,
    slice: async (from, behind = size) =>
      (await readPart(url, [from, Math.min(behind, size)], signal)).bytes.buffer,
  };
  const about = await parquetMetadataAsync(file, { initialFetchSize: 64 << 10 });
  const first = about.row_groups[0];
  const columns = (first?.columns ?? []).flatMap((column) => column.meta_data ?? []);
  const codec = columns.map((column) => column.codec).find((one) => !READS.includes(one));
  if (codec) return { about, rows: [], why: strings.codec(codec) };
  const packed = columns.reduce((sum, column) => sum + Number(column.total_compressed_size), 0);
  if (packed > MOST) return { about, rows: [], why: strings.parquetBig };
  const rowEnd = Math.min(ROWS, Number(first?.num_rows ?? 0));
  const rows = rowEnd
    ? await parquetReadObjects({
        file,
        metadata: about,
        rowEnd,
        compressors: { ZSTD: (input, length) => decompress(input, new Uint8Array(length)) },
      })
    : [];
  return { about, rows };
}

function Shown({ about, rows, why, name }: Read & { name: string }) {
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

function fieldsOf(rows: readonly Row[], about: FileMetaData): Column<Row>[] {
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

function typeOf({ type, converted_type, logical_type }: SchemaElement): string {
  return (logical_type?.type ?? converted_type ?? type ?? "").toLowerCase();
}

const present = (value: unknown) => value !== null && value !== undefined;

function written(value: unknown): string {
  if (!present(value)) return "–";
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) return bytes(value.length);
  if (typeof value === "object") {
    return JSON.stringify(value, (_, inner) => (typeof inner === "bigint" ? String(inner) : inner));
  }
  return String(value);
}
