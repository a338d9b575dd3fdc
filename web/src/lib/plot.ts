/** What a chart shows: one x for all lines, and a value or a gap of each line for each x. */
export interface PlotData {
  readonly x: readonly number[];
  readonly lines: readonly PlotLine[];
}

/** A value that has no place on the y axis: NaN, or above or below everything. */
export interface Mark {
  readonly x: number;
  readonly kind: "nan" | "above" | "below";
}

export interface PlotLine {
  readonly name: string;
  /** What it stands for, the same in all charts. */
  readonly id?: string;
  /** The name of a token, such as `--run-0`. */
  readonly colour: string;
  readonly y: readonly (number | null)[];
  /** The lower and upper edge of a band around the line; least and greatest values, or `edges`. */
  readonly band?: readonly [readonly (number | null)[], readonly (number | null)[]];
  /** What the edges of the band are called. */
  readonly edges?: readonly [string, string];
  /** Drawn thin and pale, as what lies under a smoothed line. */
  readonly faint?: boolean;
  /** Lengths of dashes and gaps; a full line when absent. */
  readonly dash?: readonly number[];
  readonly marks?: readonly Mark[];
}

/** The points as CSV, a column for each line; every name is quoted, and gaps are empty. */
export function toCsv(data: PlotData, xName: string): string {
  const quote = (text: string) => `"${text.replaceAll('"', '""')}"`;
  const columns = data.lines.flatMap(({ name, y, band, edges = ["least", "greatest"] }) => [
    { name, values: y },
    ...(band ?? []).map((values, i) => ({ name: `${name}, ${edges[i]}`, values })),
  ]);
  const rows = [[xName, ...columns.map((column) => column.name)].map(quote).join(",")];
  for (const [i, x] of data.x.entries()) {
    rows.push([x, ...columns.map(({ values }) => values[i] ?? "")].join(","));
  }
  return `${rows.join("\r\n")}\r\n`;
}

/** One sentence about a chart for who cannot see it. */
export function summary(data: PlotData, yName: string): string {
  const drawn = data.lines.filter((line) => !line.faint);
  const parts = drawn.map((line) => {
    const values = line.y.filter((v): v is number => v !== null && Number.isFinite(v));
    if (!values.length) return `${line.name}: no values`;
    let low = Number.POSITIVE_INFINITY;
    let high = Number.NEGATIVE_INFINITY;
    for (const value of values) {
      if (value < low) low = value;
      if (value > high) high = value;
    }
    return `${line.name}: ${values.length} points from ${low} to ${high}, last ${values.at(-1)}`;
  });
  return `${yName}. ${parts.slice(0, 10).join("; ")}.`;
}

/** Points of several lines on one x axis, in its order; lines without a point there get a gap. */
export function align(
  lines: readonly (Omit<PlotLine, "y" | "band"> & {
    points: readonly (readonly [number, number])[];
  })[],
): PlotData {
  const x = [...new Set(lines.flatMap((line) => line.points.map(([at]) => at)))].sort(
    (a, b) => a - b,
  );
  const place = new Map(x.map((at, i) => [at, i]));
  return {
    x,
    lines: lines.map(({ points, ...line }) => {
      const y: (number | null)[] = new Array(x.length).fill(null);
      for (const [at, value] of points) {
        const i = place.get(at);
        if (i !== undefined) y[i] = Number.isFinite(value) ? value : null;
      }
      return { ...line, y };
    }),
  };
}

/** Several charts in one, on one x axis; lines get gaps where only others have points. */
export function merged(parts: readonly PlotData[]): PlotData {
  const x = [...new Set(parts.flatMap((part) => part.x))].sort((a, b) => a - b);
  const place = new Map(x.map((at, i) => [at, i]));
  const spread = (part: PlotData, values: readonly (number | null)[]) => {
    const column: (number | null)[] = new Array(x.length).fill(null);
    for (const [i, at] of part.x.entries()) column[place.get(at) as number] = values[i] ?? null;
    return column;
  };
  const lines = parts.flatMap((part) =>
    part.lines.map(({ band, ...line }): PlotLine => {
      const y = spread(part, line.y);
      if (!band) return { ...line, y };
      return { ...line, y, band: [spread(part, band[0]), spread(part, band[1])] };
    }),
  );
  return { x, lines };
}

/** The value of a line nearest to a place of the x axis, where it has none there itself. */
export function nearest(y: readonly (number | null)[], at: number): number | null {
  for (let away = 0; away < y.length; away += 1) {
    const found = y[at - away] ?? y[at + away];
    if (found !== null && found !== undefined) return found;
  }
  return null;
}
