import "uplot/dist/uPlot.min.css";
import {
  type KeyboardEvent,
  type ReactNode,
  type RefObject,
  useEffect,
  useRef,
  useState,
} from "react";
import uPlot from "uplot";
import { download } from "../lib/download";
import { short, tick } from "../lib/number";
import { nearest, type PlotData, summary, toCsv } from "../lib/plot";
import { toSvg } from "../lib/plotSvg";
import { lit } from "../state/lit";
import { useStore } from "../state/store";
import { shade } from "../state/theme";
import { strings } from "../strings";
import { IconButton } from "./Button";
import { Dialog } from "./Dialog";
import { FigureHead } from "./FigureHead";
import styles from "./Plot.module.css";
import { type At, aligned, options, written, type XKind } from "./PlotDrawing";
import { PlotLit, pointedAt } from "./PlotLit";
import { PlotTable } from "./PlotTable";
import { byTouch } from "./PlotTouch";
import { byWheel } from "./PlotWheel";
import { Swatch } from "./Swatch";

export type { XKind } from "./PlotDrawing";

export interface PlotProps {
  title: string;
  xName: string;
  xKind?: XKind;
  data: PlotData;
  height?: number;
  logX?: boolean;
  logY?: boolean;
  /** Whether values far from most are beyond the edges. */
  clip?: boolean | undefined;
  /** Whether the points are shown as a table instead. */
  table?: boolean;
  /** Charts with the same key move their cursors together. */
  sync?: string;
  /** The part of x that is shown; all when absent. */
  range?: readonly [number, number] | undefined;
  /** Called when a part is marked, and with undefined when all is asked for again. */
  onZoom?: (range: [number, number] | undefined) => void;
  /** Behind the title. */
  aside?: ReactNode;
  legend?: boolean;
  /** What is said in place of lines when there are none. */
  none?: ReactNode;
  /** Whether it is the one that fills the window. */
  big?: boolean;
}

const MOST_NAMED = 24; // lines of an enlarged chart below which they are named
const MIN_BIG = 200; // pixels of its height at least
const AROUND = 190; // pixels of the window that an enlarged chart leaves

/** Lines over a number: the only place that knows the drawing library, with PlotDrawing. */
export function Plot(props: PlotProps) {
  const { title, xName, xKind = "number", data, range, onZoom, none, legend = true } = props;
  const [table, setTable] = useState(false);
  const [enlarged, setEnlarged] = useState(false);
  const height = props.height ?? 220;
  const plot = useRef<uPlot | null>(null);
  const savePng = () =>
    plot.current?.ctx.canvas.toBlob((image) => image && download(`${title}.png`, image));
  const saveSvg = () =>
    download(`${title}.svg`, new Blob([svgOf(props)], { type: "image/svg+xml" }));
  const saveCsv = () =>
    download(`${title}.csv`, new Blob([toCsv(data, xName)], { type: "text/csv" }));
  const asTable = table !== Boolean(props.table);
  return (
    <figure className={styles.plot} aria-label={summary(data, title)}>
      <FigureHead
        title={title}
        bare={props.big}
        aside={props.aside}
        asTable={asTable}
        onTable={() => setTable(!table)}
        save={{ png: savePng, svg: saveSvg, csv: saveCsv }}
      >
        {range && onZoom && (
          <IconButton icon="zoomOut" label={strings.plot.reset} onClick={() => onZoom(undefined)} />
        )}
        {!props.big && (
          <IconButton
            icon="expand"
            label={strings.plot.enlarge(title)}
            onClick={() => setEnlarged(true)}
          />
        )}
      </FigureHead>
      <div className={styles.stage} style={{ height }}>
        {asTable ? (
          <PlotTable title={title} xName={xName} xKind={xKind} data={data} />
        ) : (
          <Canvas {...props} plot={plot} height={height} xKind={xKind} />
        )}
        {none && <div className={styles.none}>{none}</div>}
      </div>
      {legend && <Legend data={data} />}
      {enlarged && (
        <Dialog title={title} full onClose={() => setEnlarged(false)}>
          <Plot
            {...props}
            big
            height={Math.max(MIN_BIG, window.innerHeight - AROUND)}
            legend={data.lines.length <= MOST_NAMED}
          />
        </Dialog>
      )}
    </figure>
  );
}

function svgOf({ title, xName, xKind = "number", data, range, ...rest }: PlotProps): string {
  const style = getComputedStyle(document.documentElement);
  const { logX = false, logY = false } = rest;
  return toSvg(data, {
    title,
    xName,
    range,
    logX,
    logY,
    written: [(at) => written(at, xKind), tick],
    colour: (token) => style.getPropertyValue(token).trim(),
  });
}

interface CanvasProps extends PlotProps {
  plot: RefObject<uPlot | null>;
  height: number;
  xKind: XKind;
}

/** What is drawn; its cursor moves with the mouse and with the arrow keys. */
function Canvas(props: CanvasProps) {
  const { title, xName, xKind, data, plot, onZoom, height } = props;
  const box = useRef<HTMLDivElement>(null);
  const [at, setAt] = useState<At | null>(null);
  const pointed = useStore(lit);
  const redraw = useRef<() => void>(() => undefined);
  useDrawing(box, plot, props, setAt, redraw);
  const index = Math.min(at?.index ?? 0, Math.max(data.x.length - 1, 0));
  const place = data.x[index];
  const drawn = data.lines.filter((line) => !line.faint);
  const values = drawn.map((line) => ({ ...line, value: nearest(line.y, index) }));
  const said = values.map(({ name, value }) => {
    const number = value === null ? strings.plot.noValue : short(value);
    return drawn.length > 1 ? `${name} ${number}` : number;
  });
  const isLit = ({ id }: { id?: string }) => Number(id !== undefined && id === pointed);
  return (
    <>
      <div
        ref={box}
        className={styles.canvas}
        style={{ height }}
        role="slider"
        tabIndex={0}
        data-first={props.big ? "" : undefined}
        aria-label={strings.plot.walk(title)}
        aria-valuemin={0}
        aria-valuemax={Math.max(data.x.length - 1, 0)}
        aria-valuenow={index}
        aria-valuetext={
          place === undefined
            ? strings.plot.noValue
            : `${xName} ${written(place, xKind)}: ${said.slice(0, 5).join(", ")}`
        }
        onKeyDown={(event) => {
          if (props.big && event.key === "Escape") return; // which closes the dialog
          onKey(event, plot.current, data, index, at !== null, onZoom);
        }}
        onBlur={() => plot.current?.setCursor({ left: -10, top: -10 })}
        onPointerLeave={() => lit.set(undefined)}
      />
      <PlotLit plot={plot} data={data} redraw={redraw} />
      {at && place !== undefined && (
        <div className={`${styles.tip} ${at.right ? styles.left : ""}`} aria-hidden="true">
          <div>
            {xName} {written(place, xKind)}
          </div>
          {[...values]
            .sort((a, b) => isLit(b) - isLit(a) || (b.value ?? 0) - (a.value ?? 0))
            .slice(0, MOST_TOLD)
            .map((line) => (
              <div key={line.name} className={isLit(line) ? styles.pointed : undefined}>
                <Swatch colour={line.colour} dashed={Boolean(line.dash)} />
                {drawn.length > 1 && <span className={styles.who}>{line.name}</span>}
                <b>{line.value === null ? strings.plot.noValue : short(line.value)}</b>
              </div>
            ))}
          {drawn.length > MOST_TOLD && <div>{strings.plot.more(drawn.length - MOST_TOLD)}</div>}
        </div>
      )}
    </>
  );
}

const MOST_TOLD = 10;

/** Arrows walk over the points, plus and minus zoom, 0 shows all. */
function onKey(
  event: KeyboardEvent,
  plot: uPlot | null,
  data: PlotData,
  index: number,
  shown: boolean,
  onZoom: PlotProps["onZoom"],
): void {
  if (!plot || event.ctrlKey || event.metaKey || event.altKey) return;
  const { min, max } = plot.scales.x ?? {};
  const seen = data.x.flatMap((x, i) => (x >= (min ?? x) && x <= (max ?? x) ? [i] : []));
  const [first = 0, last = 0] = [seen[0], seen.at(-1)];
  const go = (to: number) => {
    const next = shown ? Math.min(Math.max(to, first), last) : first;
    plot.setCursor({ left: plot.valToPos(data.x[next] ?? 0, "x"), top: 10 });
  };
  const zoom = (by: number) => {
    if (min === undefined || max === undefined) return;
    const middle = shown ? (data.x[index] ?? min) : (min + max) / 2;
    onZoom?.([middle - (middle - min) * by, middle + (max - middle) * by]);
  };
  const far = Math.max(1, Math.round(seen.length / 10));
  const steps: Record<string, () => void> = {
    ArrowLeft: () => go(index - 1),
    ArrowDown: () => go(index - 1),
    ArrowRight: () => go(index + 1),
    ArrowUp: () => go(index + 1),
    PageDown: () => go(index - far),
    PageUp: () => go(index + far),
    Home: () => go(first),
    End: () => go(last),
    "+": () => zoom(0.5),
    "=": () => zoom(0.5),
    "-": () => zoom(2),
    "0": () => onZoom?.(undefined),
    Escape: () => plot.setCursor({ left: -10, top: -10 }),
  };
  const step = steps[event.key];
  if (!step) return;
  event.preventDefault();
  step();
}

function Legend({ data }: { data: PlotData }) {
  const drawn = data.lines.filter((line) => !line.faint);
  if (drawn.length < 2) return null;
  return (
    <div className={styles.legend}>
      {drawn.map((line) => (
        <span key={line.name}>
          <Swatch colour={line.colour} />
          {line.name}
        </span>
      ))}
    </div>
  );
}

/** Draw into the box; anew when what is drawn differs in kind, else only the data. */
function useDrawing(
  box: RefObject<HTMLDivElement | null>,
  plot: RefObject<uPlot | null>,
  props: CanvasProps,
  onCursor: (at: At | null) => void,
  redraw: RefObject<() => void>,
) {
  const latest = useRef(props);
  latest.current = props;
  const dark = useStore(shade);
  const { data, range, logX = false, logY = false, clip = false, xKind, height, sync } = props;
  const shape = JSON.stringify([
    data.lines.map((l) => [l.name, l.colour, l.dash, Boolean(l.band), l.faint]),
    [logX, logY, clip, sync, height, xKind, dark],
  ]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the shape stands for the others
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const size = () => ({ width: element.clientWidth || 300, height });
    const told = {
      onCursor,
      onZoom: (found: [number, number] | undefined) => latest.current.onZoom?.(found),
      data: () => latest.current.data,
      onDrawn: () => redraw.current(),
      onPoint: (u: uPlot) => {
        if (u.over.matches(":hover")) lit.set(pointedAt(u, latest.current.data));
      },
    };
    const how = { ...options({ data, xKind, logX, logY, clip, sync }, told), ...size() };
    const made = new uPlot(how, aligned(data), element);
    plot.current = made;
    const stops = [byTouch(made, told.onZoom), byWheel(made, told.onZoom)];
    const watch = new ResizeObserver(() => {
      const now = size();
      // It also says how large the box is to begin with; drawing many lines twice would be felt.
      if (now.width !== made.width || now.height !== made.height) made.setSize(now);
    });
    watch.observe(element);
    return () => {
      watch.disconnect();
      for (const stop of stops) stop();
      made.destroy();
      plot.current = null;
    };
  }, [shape]);
  const [from, to] = range ?? [];
  // biome-ignore lint/correctness/useExhaustiveDependencies: also after it was drawn anew
  useEffect(() => {
    const first = data.x[0];
    const last = data.x.at(-1);
    plot.current?.setData(aligned(data), false);
    if (first === undefined || last === undefined) return;
    const half = first === last && !logX ? 0.5 : 0;
    plot.current?.setScale("x", { min: from ?? first - half, max: to ?? last + half });
  }, [data, from, to, shape]);
}
