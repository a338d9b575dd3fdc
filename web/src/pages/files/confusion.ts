import { parseRows } from "./csv";

/** How often each class was taken for each: a row for what is true, a column for what was said. */
export interface Confusion {
  readonly labels: readonly string[];
  readonly counts: readonly (readonly number[])[];
}

/** Bytes of a file above which it is not looked whether it is such a matrix. */
export const MOST_MATRIX = 64 << 10;
const MOST_CLASSES = 100;

/**
 * Read a confusion matrix; undefined for a file that is none.
 *
 * JSON is `{"labels": […], "matrix": [[…], …]}`, or what pandas writes with `orient="split"`; rows
 * are what is true. A CSV file has the labels in its first row and in its first column. Without
 * labels, as rows of numbers only, the file's name must have "confusion" in it.
 */
export function readConfusion(path: string, text: string): Confusion | undefined {
  const named = path.slice(path.lastIndexOf("/") + 1).toLowerCase();
  const plain = named.includes("confusion");
  if (named.endsWith(".json")) return ofJson(text, plain);
  return ofRows(parseRows(text, named.endsWith(".tsv") ? "\t" : ","), plain);
}

function ofJson(text: string, plain: boolean): Confusion | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (Array.isArray(value)) return plain ? checked(undefined, value) : undefined;
  if (typeof value !== "object" || value === null) return undefined;
  const { labels, matrix, index, columns, data } = value as Record<string, unknown>;
  if (matrix !== undefined) return checked(labels, matrix);
  const same = JSON.stringify(index) === JSON.stringify(columns);
  return index !== undefined && same ? checked(index, data) : undefined;
}

function ofRows(rows: readonly (readonly string[])[], plain: boolean): Confusion | undefined {
  const numbers = (row: readonly string[]) => row.map((cell) => (cell ? Number(cell) : Number.NaN));
  const [head = [], ...body] = rows;
  const labels = head.slice(1);
  if (body.length === labels.length && body.every((row, i) => row[0] === labels[i])) {
    return checked(
      labels,
      body.map((row) => numbers(row.slice(1))),
    );
  }
  return plain ? checked(undefined, rows.map(numbers)) : undefined;
}

/** Counts are whole, or shares of their row; as many rows as columns, and as labels. */
function checked(labels: unknown, matrix: unknown): Confusion | undefined {
  if (!Array.isArray(matrix)) return undefined;
  const size = matrix.length;
  if (size < 2 || size > MOST_CLASSES) return undefined;
  const isCount = (count: unknown) =>
    typeof count === "number" && Number.isFinite(count) && count >= 0;
  const square = matrix.every(
    (row) => Array.isArray(row) && row.length === size && row.every(isCount),
  );
  if (!square) return undefined;
  const names = labels ?? Array.from({ length: size }, (_, i) => i);
  if (!Array.isArray(names) || names.length !== size) return undefined;
  return { labels: names.map(String), counts: matrix as number[][] };
}

const sum = (values: readonly number[]) => values.reduce((all, value) => all + value, 0);

/** The share of a row that lies in one of its columns; of what is true, what was found. */
export function shareOf({ counts }: Confusion, row: number, column: number): number {
  const values = counts[row] ?? [];
  return (values[column] ?? 0) / (sum(values) || 1);
}

/** Of what was taken for a class, the share that is of it. */
export function precisionOf({ counts }: Confusion, at: number): number {
  return (counts[at]?.[at] ?? 0) / (sum(counts.map((row) => row[at] ?? 0)) || 1);
}

/** How many there are, and the share that was taken for what it is. */
export function accuracyOf({ counts }: Confusion): { all: number; share: number } {
  const all = sum(counts.map(sum));
  return { all, share: sum(counts.map((row, i) => row[i] ?? 0)) / (all || 1) };
}
