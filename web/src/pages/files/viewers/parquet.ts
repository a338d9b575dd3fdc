import { decompress } from "fzstd";
import {
  type AsyncBuffer,
  type CompressionCodec,
  type FileMetaData,
  parquetMetadataAsync,
  parquetReadObjects,
  type SchemaElement,
} from "hyparquet";
import { readPart } from "../../../api/client";
import { bytes } from "../../../lib/number";
import { MOST } from "../Content";
import { strings } from "../strings";

const READS: readonly CompressionCodec[] = ["UNCOMPRESSED", "SNAPPY", "ZSTD"];

/** Times as finely as they are kept: dates of browsers end at milliseconds. */
const PARSERS = {
  timestampFromMicroseconds: (time: bigint) => timeOf(time, 1_000n, 3),
  timestampFromNanoseconds: (time: bigint) => timeOf(time, 1_000_000n, 6),
};

function timeOf(time: bigint, unit: bigint, digits: number): Date | string {
  const rest = ((time % unit) + unit) % unit;
  const date = new Date(Number((time - rest) / unit));
  if (!rest) return date;
  return date.toISOString().replace("Z", `${String(rest).padStart(digits, "0")}Z`);
}

export type ParquetRow = Record<string, unknown>;

export interface ParquetRows {
  readonly about: FileMetaData;
  readonly rows: readonly ParquetRow[];
  /** Why there are no rows. */
  readonly why?: string | undefined;
}

/** The first rows of a parquet file; only what they need of it is read. */
export async function readParquet(
  url: string,
  size: number,
  most: number,
  signal: AbortSignal,
): Promise<ParquetRows> {
  const file: AsyncBuffer = {
    byteLength: size,
    slice: async (from, behind = size) =>
      (await readPart(url, [from, Math.min(behind, size)], signal)).bytes.buffer,
  };
  const about = await parquetMetadataAsync(file, { initialFetchSize: 64 << 10 });
  const { groups, rowEnd } = firstGroups(about, most);
  const columns = groups.flatMap((group) =>
    group.columns.flatMap(({ meta_data }) => meta_data ?? []),
  );
  const codec = columns.map((column) => column.codec).find((one) => !READS.includes(one));
  if (codec) return { about, rows: [], why: strings.codec(codec) };
  const packed = columns.reduce((sum, column) => sum + Number(column.total_compressed_size), 0);
  if (packed > MOST) return { about, rows: [], why: strings.parquetBig };
  const rows = rowEnd
    ? await parquetReadObjects({
        file,
        metadata: about,
        rowEnd,
        parsers: PARSERS,
        compressors: { ZSTD: (input, length) => decompress(input, new Uint8Array(length)) },
      })
    : [];
  return { about, rows };
}

/** The groups that the first rows are in: the first one, and more while there is room for them. */
function firstGroups({ row_groups }: FileMetaData, most: number) {
  let rows = 0;
  let packed = 0;
  let count = 0;
  for (const group of row_groups) {
    packed += group.columns.reduce(
      (sum, { meta_data }) => sum + Number(meta_data?.total_compressed_size ?? 0),
      0,
    );
    if (count > 0 && (rows >= most || packed > MOST)) break;
    rows += Number(group.num_rows);
    count += 1;
  }
  return { groups: row_groups.slice(0, count), rowEnd: Math.min(most, rows) };
}

export function typeOf({ type, converted_type, logical_type }: SchemaElement): string {
  return (logical_type?.type ?? converted_type ?? type ?? "").toLowerCase();
}

/** The types of the columns that hold values by themselves. */
export function typesOf({ schema }: FileMetaData): ReadonlyMap<string, string> {
  const plain = schema.filter((element) => !element.num_children);
  return new Map(plain.map((element) => [element.name, typeOf(element)]));
}

export const present = (value: unknown) => value !== null && value !== undefined;

/** A value as it is shown. */
export function written(value: unknown): string {
  if (!present(value)) return "–";
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) return bytes(value.length);
  if (typeof value === "object") {
    return JSON.stringify(value, (_, inner) => (typeof inner === "bigint" ? String(inner) : inner));
  }
  return String(value);
}

/** A value as it is compared: what differs is written differently. */
export function exactly(value: unknown): string {
  if (!present(value)) return "";
  if (!(value instanceof Uint8Array)) return written(value);
  let hash = 0x811c9dc5; // FNV-1a
  for (const byte of value) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return `${written(value)} #${hash.toString(16).padStart(8, "0")}`;
}
