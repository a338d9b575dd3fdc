/** One metric of one run in buckets, in the order of x; see `Curve` of the calls. */
export interface Curve {
  readonly run_id: string;
  readonly key: string;
  readonly x: Float64Array;
  readonly last: Float64Array;
  readonly min: Float64Array;
  readonly max: Float64Array;
  readonly mean: Float64Array;
  readonly count: Float64Array;
  readonly nans: Float64Array;
}

/** What the server writes when it is asked for charts in binary. */
export const CHART = "application/vnd.cuvee.chart";
const NAMES = ["x", "last", "min", "max", "mean", "count", "nans"] as const;

interface Header {
  readonly columns: readonly string[];
  readonly series: readonly { run_id: string; key: string; buckets: number }[];
}

/** Read the binary form of a chart; the columns are views of what has arrived. */
export function readChart(bytes: ArrayBuffer): Curve[] {
  const view = new DataView(bytes);
  const text = new TextDecoder();
  if (text.decode(bytes.slice(0, 4)) !== "CVC1") throw new Error("The server sent no chart.");
  let at = 8 + view.getUint32(4, true);
  const header = JSON.parse(text.decode(bytes.slice(8, at))) as Header;
  return header.series.map(({ run_id, key, buckets }) => {
    const found: Record<string, Float64Array> = {};
    for (const column of header.columns) {
      found[column] = new Float64Array(bytes, at, buckets);
      at += 8 * buckets;
    }
    const columns = NAMES.map((name) => [name, found[name] ?? new Float64Array(buckets)]);
    return { run_id, key, ...Object.fromEntries(columns) } as Curve;
  });
}

/** Add points behind a curve's last; undefined when they are not all behind it, in order. */
export function extended(
  curve: Curve,
  x: readonly number[],
  values: readonly number[],
): Curve | undefined {
  let before = curve.x.at(-1) ?? Number.NEGATIVE_INFINITY;
  for (const at of x) {
    if (at <= before) return undefined;
    before = at;
  }
  const grown = (column: Float64Array, more: readonly number[]) => {
    const all = new Float64Array(column.length + more.length);
    all.set(column);
    all.set(more, column.length);
    return all;
  };
  return {
    ...curve,
    x: grown(curve.x, x),
    last: grown(curve.last, values),
    min: grown(curve.min, values),
    max: grown(curve.max, values),
    mean: grown(curve.mean, values),
    count: grown(
      curve.count,
      x.map(() => 1),
    ),
    nans: grown(
      curve.nans,
      values.map((value) => (Number.isNaN(value) ? 1 : 0)),
    ),
  };
}
