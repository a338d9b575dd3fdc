import { useInfiniteQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { readPart } from "../../../api/client";
import type { Column } from "../../../components/DataGrid";
import { Loaded } from "../../../components/Loaded";
import { MOST } from "../Content";
import { isNumeric, parseRows, wholeRows } from "../csv";
import { strings } from "../strings";
import { TableRows } from "./TableRows";

const FIRST = 128 << 10; // bytes that are read for what is on the first screen
const NEXT = 512 << 10;
const LONGEST_ROW = 8 << 20;
const NEAR = 60; // rows before the end from which more are read

interface CsvViewProps {
  url: string;
  name: string;
  size: number;
  tabs: boolean;
}

interface Rows {
  readonly rows: readonly string[][];
  /** Where the rows after these begin. */
  readonly next: number;
}

/** A table of any size: its rows are read as one comes to them. */
export default function CsvView({ url, name, size, tabs }: CsvViewProps) {
  const query = useInfiniteQuery({
    queryKey: ["bytes", "rows", url],
    queryFn: ({ pageParam, signal }) => readRows(url, pageParam, size, tabs ? "\t" : ",", signal),
    initialPageParam: 0,
    getNextPageParam: ({ next }) => (next < Math.min(size, MOST) ? next : undefined),
    staleTime: 60_000,
    gcTime: 60_000,
    refetchOnWindowFocus: false,
    select: ({ pages }) => ({
      rows: pages.flatMap((page) => page.rows),
      read: pages.at(-1)?.next ?? 0,
    }),
  });
  return (
    <Loaded query={query} failed={strings.fileFailed} lines={10}>
      {({ rows, read }) => (
        <Rows
          name={name}
          rows={rows}
          read={read}
          size={size}
          onMore={() => query.hasNextPage && !query.isFetching && void query.fetchNextPage()}
        />
      )}
    </Loaded>
  );
}

async function readRows(
  url: string,
  from: number,
  size: number,
  delimiter: string,
  signal: AbortSignal,
): Promise<Rows> {
  for (let length = from ? NEXT : FIRST; ; length *= 4) {
    const behind = Math.min(from + length, size);
    const { bytes } = await readPart(url, [from, behind], signal);
    // A row that is longer than anything is shown as far as it was read.
    const whole = behind === size || length > LONGEST_ROW ? bytes.length : wholeRows(bytes);
    if (!whole) continue;
    const text = new TextDecoder().decode(bytes.subarray(0, whole));
    return { rows: parseRows(text, delimiter), next: from + whole };
  }
}

interface RowsProps {
  name: string;
  rows: readonly (readonly string[])[];
  read: number;
  size: number;
  onMore: () => void;
}

function Rows({ name, rows, read, size, onMore }: RowsProps) {
  const head = rows[0] ?? [];
  const named = head.some((value) => value === "" || Number.isNaN(Number(value)));
  const body = useMemo(() => (named ? rows.slice(1) : rows), [rows, named]);
  const width = body.slice(0, 200).reduce((most, row) => Math.max(most, row.length), head.length);
  const shape = `${width} ${name} ${named ? head.join("\n") : ""} ${body.length > 0}`;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the columns are those of the first rows
  const columns = useMemo(
    () =>
      Array.from({ length: width }, (_, i): Column<readonly string[]> => {
        const title = (named && head[i]) || strings.column(i + 1);
        const widest = body
          .slice(0, 50)
          .reduce((most, row) => Math.max(most, row[i]?.length ?? 0), title.length);
        return {
          id: String(i),
          name: title,
          width: Math.min(Math.max(widest * 7.5 + 24, 72), 320),
          align: isNumeric(body, i) ? "right" : "left",
          cell: (row) => <span title={row[i]}>{row[i] ?? ""}</span>,
        };
      }),
    [shape],
  );
  const all = read < size ? strings.about(Math.round((body.length / read) * size)) : "";
  return (
    <TableRows
      name={name}
      columns={columns}
      rows={body}
      more={read < size}
      textOf={(row, column) => row[Number(column)] ?? ""}
      onRange={(_, last) => {
        if (last > body.length - NEAR) onMore();
      }}
    >
      <span className="num" role="status">
        {all ? strings.rows(body.length, all) : strings.allRows(body.length)}
      </span>
      {read >= MOST && read < size && <span>{strings.rowsCut(MOST)}</span>}
    </TableRows>
  );
}
