import { short } from "../lib/number";
import type { PlotData } from "../lib/plot";
import { strings } from "../strings";
import styles from "./Plot.module.css";
import { written, type XKind } from "./PlotDrawing";
import { type Head, Table } from "./Table";

interface PlotTableProps {
  title: string;
  xName: string;
  xKind: XKind;
  data: PlotData;
}

const FIRST = 1000; // rows; the CSV file has all

/** The points of a chart as a table, for who would rather read than look. */
export function PlotTable({ title, xName, xKind, data }: PlotTableProps) {
  const alone = data.lines.every((line) => line.name === data.lines[0]?.name);
  const columns = data.lines.flatMap((line, i) => {
    const smoothed = data.lines[i - 1]?.faint;
    const value = smoothed
      ? strings.plot.smoothed
      : line.band
        ? strings.plot.mean
        : strings.plot.value;
    const name = alone ? value : `${line.name}, ${value}`;
    const edge = (text: string) => (alone ? text : `${line.name}, ${text}`);
    const marks = new Map((line.marks ?? []).map((mark) => [mark.x, MARKS[mark.kind]]));
    const whole = [{ name, values: line.y, marks }];
    if (!line.band) return whole;
    const none = new Map<number, string>();
    return [
      ...whole,
      { name: edge(line.edges?.[0] ?? strings.plot.least), values: line.band[0], marks: none },
      { name: edge(line.edges?.[1] ?? strings.plot.greatest), values: line.band[1], marks: none },
    ];
  });
  const heads: Head[] = [xName, ...columns.map((c) => c.name)].map((name) => ({
    name,
    align: "right",
  }));
  const rows = data.x.slice(0, FIRST).map((x, i) => ({ x, i }));
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by keyboard
    <section className={styles.table} tabIndex={0} aria-label={title}>
      <Table
        label={title}
        heads={heads}
        rows={rows}
        rowKey={({ i }) => String(i)}
        cells={({ x, i }) => [
          written(x, xKind),
          ...columns.map(({ values, marks }) => {
            const value = values[i];
            return typeof value === "number" ? short(value) : (marks.get(x) ?? "–");
          }),
        ]}
      />
      {data.x.length > FIRST && <p>{strings.plot.first(FIRST)}</p>}
    </section>
  );
}

const MARKS = { nan: "NaN", above: "∞", below: "−∞" } as const;
