import { useQueries } from "@tanstack/react-query";
import { useMemo } from "react";
import { ErrorNote } from "../../components/ErrorNote";
import { Skeleton } from "../../components/Skeleton";
import styles from "./Compare.module.css";
import { strings } from "./strings";
import { TablePair } from "./TablePair";
import type { TextTable } from "./tableDiff";

const MOST_ROWS = 10_000; // of each table, from its beginning

/** A parquet file as it is compared. */
interface Read {
  readonly table: TextTable;
  /** The types of its columns. */
  readonly types: ReadonlyMap<string, string>;
  /** Why its rows could not be read. */
  readonly why: string | undefined;
}

const NONE: Read = { table: { names: [], rows: [] }, types: new Map(), why: undefined };

interface ParquetPairProps {
  label: string;
  names: readonly [string, string];
  urls: readonly string[];
  /** How many bytes each has; undefined for a run without the file. */
  sizes: readonly (number | undefined)[];
}

/** Two parquet files, row by row. */
export function ParquetPair({ label, names, urls, sizes }: ParquetPairProps) {
  const found = useQueries({
    queries: urls.map((url, i) => ({
      queryKey: ["bytes", "parquet", url, sizes[i], "compared"],
      queryFn: ({ signal }: { signal: AbortSignal }) => read(url, sizes[i], signal),
      staleTime: 60_000,
      gcTime: 60_000,
      refetchOnWindowFocus: false,
      retry: false,
    })),
  });
  const [before, after] = found.map((one) => one.data);
  const types = useMemo(() => (before && after ? otherTypes(before, after) : []), [before, after]);
  const failed = found.find((one) => one.isError);
  if (failed) {
    const retry = () => void failed.refetch();
    return <ErrorNote title={strings.filesFailed} problem={failed.error} onRetry={retry} />;
  }
  if (!before || !after) return <Skeleton lines={6} />;
  const unread = [before, after].findIndex(({ why }) => why);
  if (unread >= 0) {
    const { why = "" } = [before, after][unread] ?? {};
    return <p className={styles.pad}>{strings.unreadTable(names[unread] ?? "", why)}</p>;
  }
  const note = strings.table.types(types);
  return <TablePair label={label} left={before.table} right={after.table} note={note} />;
}

async function read(url: string, size: number | undefined, signal: AbortSignal): Promise<Read> {
  if (size === undefined) return NONE;
  const { exactly, readParquet, typesOf } = await import("../files/viewers/parquet");
  const { about, rows, why } = await readParquet(url, size, MOST_ROWS, signal);
  const names = Object.keys(rows[0] ?? {});
  const texts = rows.map((row) => names.map((name) => exactly(row[name])));
  const isCut = rows.length < Number(about.num_rows);
  return { table: { names, rows: texts, isCut }, types: typesOf(about), why };
}

/** The columns whose type is another one, in words. */
function otherTypes(before: Read, after: Read): string[] {
  return after.table.names.flatMap((name) => {
    const [from, to] = [before.types.get(name), after.types.get(name)];
    return from && to && from !== to ? strings.table.type(name, from, to) : [];
  });
}
