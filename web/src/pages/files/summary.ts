import type { Sort } from "../../lib/search";

/** What the values of a column have in common. */
export interface ColumnSummary {
  readonly type: "number" | "text" | "empty";
  readonly empty: number;
  readonly distinct: number;
  /** Of numbers. */
  readonly numbers?: { readonly least: number; readonly mean: number; readonly greatest: number };
  /** Of texts: the one that is there most often, and how often. */
  readonly most?: { readonly value: string; readonly count: number };
}

/** Sum up the values of a column; empty texts are no values. */
export function summaryOf(values: Iterable<string>): ColumnSummary {
  const counts = new Map<string, number>();
  let empty = 0;
  for (const value of values) {
    if (value === "") empty += 1;
    else counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  const distinct = counts.size;
  if (distinct === 0) return { type: "empty", empty, distinct };
  const said = { empty, distinct };
  let [least, greatest, sum, all] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, 0];
  let most = { value: "", count: 0 };
  let numeric = true;
  for (const [value, count] of counts) {
    const number = numeric ? Number(value) : Number.NaN;
    if (Number.isNaN(number)) numeric = false;
    least = Math.min(least, number);
    greatest = Math.max(greatest, number);
    sum += number * count;
    all += count;
    if (count > most.count) most = { value, count };
  }
  if (!numeric) return { type: "text", ...said, most };
  return { type: "number", ...said, numbers: { least, mean: sum / all, greatest } };
}

const order = new Intl.Collator("en", { numeric: true });

/** Rows in an order; numbers as numbers, what is empty at the end either way. */
export function inOrder<Row>(
  rows: readonly Row[],
  sorts: readonly Sort[],
  textOf: (row: Row, column: string) => string,
): readonly Row[] {
  if (!sorts.length) return rows;
  return [...rows].sort((a, b) => {
    for (const { key, descending } of sorts) {
      const [one, other] = [textOf(a, key), textOf(b, key)];
      if (one === other) continue;
      if (one === "" || other === "") return one === "" ? 1 : -1;
      const away = Number(one) - Number(other);
      const by = Number.isNaN(away) ? order.compare(one, other) : away;
      if (by) return descending ? -by : by;
    }
    return 0;
  });
}
