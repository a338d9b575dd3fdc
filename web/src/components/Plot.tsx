import "uplot/dist/uPlot.min.css";
import { type RefObject, useEffect, useRef, useState } from "react";
import uPlot from "uplot";
import { download } from "../lib/download";
import { short } from "../lib/number";
import { type PlotData, summary, toCsv } from "../lib/plot";
import { useStore } from "../state/store";
import { shade } from "../state/theme";
import { strings } from "../strings";
import { IconButton } from "./Button";
import { Menu, MenuItem } from "./Menu";
import styles from "./Plot.module.css";

export interface PlotProps {
  title: string;
  xName: string;
  data: PlotData;
  height?: number;
  logX?: boolean;
  logY?: boolean;
  /** Charts with the same key move their cursors together. */
  sync?: string;
  /** The part of x that is shown; all when absent. */
  range?: readonly [number, number] | undefined;
  /** Called when a part is marked, and with undefined when all is asked for again. */
  onZoom?: (range: [number, number] | undefined) => void;
}

/** Lines over a number: the only place that knows the drawing library. */
export function Plot(props: PlotProps) {
  const { title, xName, data, range, onZoom } = props;
  const box = useRef<HTMLDivElement>(null);
  const [cursor, setCursor] = useState<number | null>(null);
  const plot = useDrawing(box, props, setCursor);
  const at = cursor === null ? undefined : data.x[cursor];
  const savePng = () =>
    plot.current?.ctx.canvas.toBlob((image) => image && download(`${title}.png`, image));
  const saveCsv = () =>
    download(`${title}.csv`, new Blob([toCsv(data, xName)], { type: "text/csv" }));
  return (
    <figure className={styles.plot} aria-label={summary(data, title)}>
      <figcaption className={styles.head}>
        <h3 title={title}>{title}</h3>
        <div className={styles.actions}>
          {range && onZoom && (
            <IconButton icon="close" label={strings.plot.reset} onClick={() => onZoom(undefined)} />
          )}
          <Menu trigger={<IconButton icon="download" label={strings.plot.actions} />}>
            <MenuItem onSelect={savePng}>{strings.plot.png}</MenuItem>
            <MenuItem onSelect={saveCsv}>{strings.plot.csv}</MenuItem>
          </Menu>
        </div>
      </figcaption>
      <div ref={box} style={{ height: props.height ?? 220 }} />
      {at !== undefined && (
        <div className={styles.tip} aria-hidden="true">
          <div>
            {xName} {short(at)}
          </div>
          {data.lines
            .filter((line) => !line.faint)
            .slice(0, 12)
            .map((line) => (
              <div key={line.name}>
                <span className={styles.swatch} style={{ background: line.colour }} />
                {data.lines.length > 1 && line.name} {short(line.y[cursor ?? 0] ?? Number.NaN)}
              </div>
            ))}
        </div>
      )}
      {data.lines.length > 1 && (
        <div className={styles.legend}>
          {data.lines.map((line) => (
            <span key={line.name}>
              <span className={styles.swatch} style={{ background: line.colour }} />
              {line.name}
            </span>
          ))}
        </div>
      )}
    </figure>
  );
}

/** Draw into the box; anew when what is drawn differs in kind, else only the data. */
function useDrawing(
  box: RefObject<HTMLDivElement | null>,
  props: PlotProps,
  onCursor: (index: number | null) => void,
) {
  const plot = useRef<uPlot | null>(null);
  const zoom = useRef(props.onZoom);
  zoom.current = props.onZoom;
  const dark = useStore(shade);
  const { data, range } = props;
  const shape = JSON.stringify([
    data.lines.map((l) => [l.name, l.colour, Boolean(l.band), l.faint]),
    [props.logX, props.logY, props.sync, props.height, dark],
  ]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the shape stands for the others
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const size = () => ({ width: element.clientWidth || 300, height: props.height ?? 220 });
    const made = new uPlot(
      { ...options(props, onCursor, (found) => zoom.current?.(found)), ...size() },
      aligned(data),
      element,
    );
    plot.current = made;
    const watch = new ResizeObserver(() => made.setSize(size()));
    watch.observe(element);
    return () => {
      watch.disconnect();
      made.destroy();
      plot.current = null;
    };
  }, [shape]);
  const [from, to] = range ?? [];
  useEffect(() => {
    const first = data.x[0];
    const last = data.x.at(-1);
    plot.current?.setData(aligned(data), false);
    if (first === undefined || last === undefined) return;
    plot.current?.setScale("x", { min: from ?? first, max: to ?? Math.max(last, first + 1) });
  }, [data, from, to]);
  return plot;
}

function aligned(data: PlotData): uPlot.AlignedData {
  const columns: (readonly (number | null)[])[] = [data.x];
  for (const line of data.lines) columns.push(line.y, ...(line.band ?? []));
  return columns as uPlot.AlignedData;
}

function options(
  props: PlotProps,
  onCursor: (index: number | null) => void,
  onZoom: (range: [number, number]) => void,
): Omit<uPlot.Options, "width" | "height"> {
  const style = getComputedStyle(document.documentElement);
  const colour = (name: string) => style.getPropertyValue(name).trim();
  const axis = {
    stroke: colour("--ink-faint"),
    grid: { stroke: colour("--line"), width: 1 },
    ticks: { stroke: colour("--line"), width: 1, size: 4 },
    font: `11px ${colour("--font")}`,
  };
  const values = (_: uPlot, ticks: (number | null)[]) =>
    ticks.map((tick) => (tick === null ? "" : short(tick)));
  const series: uPlot.Series[] = [{}];
  const bands: uPlot.Band[] = [];
  for (const line of props.data.lines) {
    const faint = line.faint ? { width: 1, alpha: 0.35 } : { width: 1.5 };
    series.push({ label: line.name, stroke: line.colour, spanGaps: true, ...faint });
    if (!line.band) continue;
    const edge = { stroke: "transparent", width: 0, spanGaps: true, points: { show: false } };
    series.push(edge, edge);
    const fill = `${line.colour}26`;
    bands.push({ series: [series.length - 1, series.length - 2], fill });
  }
  const log = { distr: 3 as const, log: 10 as const };
  return {
    series,
    bands,
    scales: { x: { time: false, ...(props.logX ? log : {}) }, y: props.logY ? log : {} },
    axes: [
      { ...axis, values, size: 28 },
      { ...axis, values, size: 56 },
    ],
    legend: { show: false },
    cursor: {
      drag: { x: true, y: false, setScale: false },
      points: { size: 6 },
      ...(props.sync ? { sync: { key: props.sync } } : {}),
    },
    hooks: {
      setCursor: [(u) => onCursor(u.cursor.idx ?? null)],
      setSelect: [
        (u) => {
          const { left, width } = u.select;
          if (width < 4) return;
          onZoom([u.posToVal(left, "x"), u.posToVal(left + width, "x")]);
          u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
        },
      ],
    },
  };
}
