import { ByteWriter, type ColumnSource, ParquetWriter } from "hyparquet-writer";
import type { RunTable, TableColumn } from "../api/schema.gen";
import { cellsOf } from "./table";

type Sort = "DOUBLE" | "STRING" | "TIMESTAMP";

interface FileColumn {
  readonly name: string;
  readonly sort: Sort;
}

/** Keeps what is written in parts, so that a long file is never copied to make room for more. */
class Parts extends ByteWriter {
  readonly parts: ArrayBuffer[] = [];

  flush(): void {
    this.parts.push(this.getBuffer());
    this.index = 0;
  }
}

/**
 * A Parquet file of runs: metrics are double, times timestamps, all else is text; what a run lacks
 * is null. Pages come one after another, each a row group.
 */
export class RunFile {
  rows = 0;
  private readonly out = new Parts();
  private file: { columns: FileColumn[]; writer: ParquetWriter } | undefined;

  /** @param asked the names of the columns, in their order. */
  constructor(private readonly asked: readonly string[]) {}

  add(table: RunTable): void {
    const { columns, writer } = this.begin(table);
    if (!table.count) return;
    const given = new Map((table.columns ?? []).map((column) => [column.name, column]));
    const columnData = columns.map(({ name, sort }): ColumnSource => {
      const cells = given.get(name);
      const found = cells ? cellsOf(cells, table.count) : new Map();
      const data = Array.from({ length: table.count }, (_, i) => cellOf(found.get(i), sort));
      // A dictionary would make -0 of 0.
      return sort === "DOUBLE" ? { name, data, encoding: "PLAIN" } : { name, data };
    });
    writer.write({ columnData, rowGroupSize: table.count });
    this.rows += table.count;
  }

  finish(): Blob {
    this.begin({ count: 0 }).writer.finish();
    this.out.flush();
    return new Blob(this.out.parts, { type: "application/vnd.apache.parquet" });
  }

  private begin(table: RunTable) {
    if (!this.file) {
      const columns = columnsOf(table, this.asked);
      const schema = [{ name: "runs", num_children: columns.length }, ...columns.map(elementOf)];
      // Readers skip what is outside the least and greatest value, and NaN is neither.
      const options = { writer: this.out, schema, statistics: false, createdBy: "cuvee" };
      this.file = { columns, writer: new ParquetWriter(options) };
    }
    return this.file;
  }
}

/** The columns of a first page, in the order in which they were asked for. */
function columnsOf({ columns = [] }: RunTable, asked: readonly string[]): FileColumn[] {
  const places = new Map(asked.map((name, i) => [name.replace(/^attributes\./, ""), i]));
  const place = ({ name }: TableColumn) => places.get(name) ?? asked.length;
  const sorted = [...columns].sort((a, b) => place(a) - place(b));
  return sorted.map((column) => ({ name: column.name, sort: sortOf(column) }));
}

/** What the values of a column are; its name says so where there are none yet. */
export function sortOf({ name, numbers, times, texts, cells }: TableColumn): Sort {
  if (numbers) return "DOUBLE";
  if (times) return "TIMESTAMP";
  if (texts || cells) return "STRING";
  if (/^\w+_time$/.test(name)) return "TIMESTAMP";
  return /^metrics?\.|\(/.test(name) ? "DOUBLE" : "STRING";
}

function elementOf({ name, sort }: FileColumn) {
  const optional = { name, repetition_type: "OPTIONAL" } as const;
  if (sort === "DOUBLE") return { ...optional, type: "DOUBLE" } as const;
  if (sort === "STRING") {
    return { ...optional, type: "BYTE_ARRAY", converted_type: "UTF8" } as const;
  }
  return { ...optional, type: "INT64", converted_type: "TIMESTAMP_MILLIS" } as const;
}

function cellOf(value: number | string | undefined, sort: Sort) {
  if (value === undefined) return null;
  if (sort === "STRING") return String(value);
  return sort === "DOUBLE" ? Number(value) : BigInt(value);
}
