import type {
  OutlineNode,
  Run,
  RunTable,
  TableCell,
  TableColumn,
  TableItem,
} from "../api/schema.gen";

/** A run as a row of a table: what every run has, and the values of the columns asked for. */
export interface RunRow {
  readonly id: string;
  readonly name: string;
  readonly status: Run["info"]["status"];
  readonly user: string;
  readonly start: number;
  readonly end: number | undefined;
  /** By the names of columns, such as metrics.loss; what a run lacks is not there. */
  readonly values: ReadonlyMap<string, number | string>;
  /** Columns of which it has only the beginning of the text. */
  readonly cut?: ReadonlySet<string>;
  /** What it has read and made, by the names of such columns, if these were asked for. */
  readonly items?: ReadonlyMap<string, TableCell> | undefined;
  /** Where it stands among nested runs, if these are shown nested. */
  readonly node?: OutlineNode | undefined;
}

/** What is asked for in any case. */
export const ATTRIBUTES = ["run_id", "run_name", "status", "user_id", "start_time", "end_time"];

type Cells = Map<number, number | string>;

/** The rows of a table that comes column by column. */
export function rowsOf(table: RunTable): RunRow[] {
  const columns = new Map((table.columns ?? []).map((c) => [c.name, cellsOf(c, table.count)]));
  const keyed = [...columns].filter(([name]) => !ATTRIBUTES.includes(name));
  const cut = (table.columns ?? []).flatMap((column) =>
    column.cut?.length ? [[column.name, cutRows(column)] as const] : [],
  );
  const things = (table.columns ?? []).flatMap(({ name, rows, cells }) =>
    cells ? [{ name, at: new Map(cells.map((cell, i) => [rows?.[i] ?? i, cell])) }] : [],
  );
  return Array.from({ length: table.count }, (_, i) => {
    const text = (name: string) => String(columns.get(name)?.get(i) ?? "");
    const time = (name: string) => columns.get(name)?.get(i) as number | undefined;
    const values = new Map<string, number | string>();
    for (const [name, cells] of keyed) {
      const value = cells.get(i);
      if (value !== undefined) values.set(name, value);
    }
    return {
      id: text("run_id"),
      name: text("run_name"),
      status: text("status") as Run["info"]["status"],
      user: text("user_id"),
      start: time("start_time") ?? 0,
      end: time("end_time") || undefined,
      values,
      ...(cut.some(([, rows]) => rows.has(i)) && {
        cut: new Set(cut.flatMap(([name, rows]) => (rows.has(i) ? name : []))),
      }),
      items: things.length > 0 ? itemsOf(things, i) : undefined,
    };
  });
}

const cutRows = ({ cut = [], rows }: TableColumn) =>
  new Set(cut.map((i) => (rows?.length ? (rows[i] as number) : i)));

type Things = readonly { name: string; at: ReadonlyMap<number, TableCell> }[];

const itemsOf = (things: Things, row: number): ReadonlyMap<string, TableCell> =>
  new Map(
    things.flatMap(({ name, at }) => {
      const cell = at.get(row);
      return cell ? [[name, cell] as const] : [];
    }),
  );

/** What a dataset, a version or a logged model is called in a text. */
export function itemText({ kind, name, ref, stage }: TableItem): string {
  if (kind !== "version") return `${name} (${ref})`;
  return stage && stage !== "None" ? `${name}/${ref} (${stage})` : `${name}/${ref}`;
}

/** All things of a cell, as the server writes them into CSV. */
const cellText = ({ items, more }: TableCell) =>
  [...items.map(itemText), ...(more ? [`and ${more} more`] : [])].join("; ");

/** The values of a column by their rows; what is missing is not there. */
export function cellsOf(column: TableColumn, count: number): Cells {
  const { rows, numbers, times } = column;
  const cut = new Set(column.cut);
  const texts = (column.texts ?? column.cells?.map(cellText))?.map((text, i) =>
    cut.has(i) ? `${text}…` : text,
  );
  const plus = new Set(column.plus);
  const minus = new Set(column.minus);
  const values = numbers ?? times ?? texts ?? [];
  const cells: Cells = new Map();
  for (const [i, value] of values.entries()) {
    const at = rows ? rows[i] : i;
    if (at === undefined || at >= count) continue;
    if (value !== null) cells.set(at, typeof value === "string" && numbers ? Number(value) : value);
    else if (plus.has(i)) cells.set(at, Number.POSITIVE_INFINITY);
    else if (minus.has(i)) cells.set(at, Number.NEGATIVE_INFINITY);
    else cells.set(at, Number.NaN);
  }
  return cells;
}
