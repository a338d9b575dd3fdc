import { type ReactNode, type RefObject, useEffect, useRef, useState } from "react";
import { csvLine } from "../lib/csv";
import { download } from "../lib/download";
import { canvasPen, type Pen, SvgPen } from "../lib/pen";
import { useStore } from "../state/store";
import { shade } from "../state/theme";
import { strings } from "../strings";
import { FigureHead } from "./FigureHead";
import plot from "./Plot.module.css";
import styles from "./Sketch.module.css";
import { Table } from "./Table";
import { useWidth } from "./useWidth";

/** Where something is drawn. */
export interface Space {
  readonly width: number;
  readonly height: number;
  /** The value of a token, such as `--run-0`. */
  readonly colour: (token: string) => string;
}

/** What is drawn, with things that one can point at and walk over. */
export interface Drawing {
  /** Draws, and yields where the browser may do something else. */
  readonly draw: (pen: Pen, space: Space) => Iterable<unknown>;
  readonly count: number;
  /** The thing at a place, if there is one. */
  readonly at: (x: number, y: number, space: Space) => number | undefined;
  readonly mark: (pen: Pen, thing: number, space: Space) => void;
  /** Its name, and what is to be known of it. */
  readonly said: (thing: number) => readonly string[];
}

interface SketchProps {
  title: string;
  /** A sentence for who cannot see it. */
  summary: string;
  height: number;
  drawing: Drawing;
  /** What it shows as a table: the heads, and the cells of each row. */
  heads: readonly string[];
  rows: () => readonly (readonly string[])[];
  onOpen?: (thing: number) => void;
  aside?: ReactNode;
  /** What lies over the drawing, once it is known how wide that is. */
  over?: (width: number) => ReactNode;
}

const FIRST = 1000; // rows; the CSV file has all

/** A drawing of our own: on the screen in pieces, as a table, and saved as PNG, SVG or CSV. */
export function Sketch(props: SketchProps) {
  const { title, summary, height, drawing, heads, rows, aside, over } = props;
  const [asTable, setAsTable] = useState(false);
  const [busy, setBusy] = useState(true);
  const canvas = useRef<HTMLCanvasElement>(null);
  const box = useRef<HTMLDivElement>(null);
  const width = useWidth(box);
  const save = (kind: string, data: Blob) => download(`${title}.${kind}`, data);
  const savePng = () => canvas.current?.toBlob((image) => image && save("png", image));
  const saveSvg = () => {
    const space = spaceOf(width, height);
    const pen = new SvgPen(width, height, token("--surface"), token("--font"));
    for (const _ of drawing.draw(pen, space));
    save("svg", new Blob([pen.toString()], { type: "image/svg+xml" }));
  };
  const saveCsv = () =>
    save(
      "csv",
      new Blob(
        [heads, ...rows()].map((row) => csvLine(row)),
        { type: "text/csv" },
      ),
    );
  return (
    <figure className={plot.plot} aria-label={summary} aria-busy={busy && !asTable}>
      <FigureHead
        title={title}
        aside={aside}
        asTable={asTable}
        onTable={setAsTable}
        save={{ png: savePng, svg: saveSvg, csv: saveCsv }}
      />
      <div ref={box} className={styles.stage} style={{ height }}>
        {asTable ? (
          <Rows title={title} heads={heads} rows={rows()} />
        ) : (
          width > 0 && (
            <>
              <Canvas {...props} canvas={canvas} width={width} onBusy={setBusy} />
              {over?.(width)}
            </>
          )
        )}
      </div>
    </figure>
  );
}

type RowsProps = Pick<SketchProps, "title" | "heads"> & {
  rows: readonly (readonly string[])[];
};

function Rows({ title, heads, rows }: RowsProps) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by keyboard
    <section className={plot.table} tabIndex={0} aria-label={title}>
      <Table
        label={title}
        heads={heads.map((name) => ({ name }))}
        rows={rows.slice(0, FIRST).map((cells, i) => ({ cells, i }))}
        rowKey={({ i }) => String(i)}
        cells={({ cells }) => cells}
      />
      {rows.length > FIRST && <p>{strings.plot.firstRows(FIRST)}</p>}
    </section>
  );
}

function token(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

interface CanvasProps extends SketchProps {
  canvas: RefObject<HTMLCanvasElement | null>;
  width: number;
  onBusy: (busy: boolean) => void;
}

function Canvas({ canvas, title, width, height, drawing, onOpen, onBusy }: CanvasProps) {
  const top = useRef<HTMLCanvasElement>(null);
  const [at, setAt] = useState<number>();
  const marked = useRef<string>(undefined);
  const dark = useStore(shade);
  const go = (thing: number | undefined) => {
    marked.current = thing === undefined ? undefined : drawing.said(thing)[0];
    setAt(thing);
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: colours are those of the theme
  useEffect(() => {
    onBusy(true);
    // What was read anew, as runs are while they go on, mostly has the same thing at this place.
    const same = (thing: number) =>
      thing < drawing.count && drawing.said(thing)[0] === marked.current;
    setAt((old) => (old !== undefined && same(old) ? old : undefined));
    const space = spaceOf(width, height);
    const pen = penOn(canvas.current, space);
    if (!pen) return;
    const pieces = drawing.draw(pen, space)[Symbol.iterator]();
    let frame = 0;
    const next = () => {
      if (pieces.next().done) onBusy(false);
      else frame = requestAnimationFrame(next);
    };
    next();
    return () => cancelAnimationFrame(frame);
  }, [drawing, width, height, dark, onBusy]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: colours are those of the theme
  useEffect(() => {
    const space = spaceOf(width, height);
    const pen = penOn(top.current, space);
    if (pen && at !== undefined && at < drawing.count) drawing.mark(pen, at, space);
  }, [at, drawing, width, height, dark]);
  const here = at !== undefined && at < drawing.count ? at : undefined;
  const last = drawing.count - 1;
  const steps: Record<string, () => number | undefined> = {
    ArrowRight: () => Math.min((here ?? -1) + 1, last),
    ArrowDown: () => Math.min((here ?? -1) + 1, last),
    ArrowLeft: () => Math.max((here ?? 1) - 1, 0),
    ArrowUp: () => Math.max((here ?? 1) - 1, 0),
    Home: () => 0,
    End: () => last,
    Escape: () => undefined,
  };
  return (
    <>
      <canvas ref={canvas} className={styles.canvas} />
      <canvas
        ref={top}
        className={styles.canvas}
        role="slider"
        tabIndex={0}
        aria-label={strings.plot.walkThings(title)}
        aria-valuemin={0}
        aria-valuemax={Math.max(last, 0)}
        aria-valuenow={here ?? 0}
        aria-valuetext={here === undefined ? strings.plot.noValue : sentence(drawing.said(here))}
        onKeyDown={(event) => {
          if (event.ctrlKey || event.metaKey || event.altKey || last < 0) return;
          if (event.key === "Enter" && here !== undefined) return onOpen?.(here);
          const step = steps[event.key];
          if (!step) return;
          event.preventDefault();
          go(step());
        }}
        onBlur={() => go(undefined)}
        onPointerMove={({ nativeEvent: { offsetX, offsetY } }) =>
          go(drawing.at(offsetX, offsetY, spaceOf(width, height)))
        }
        onPointerLeave={() => go(undefined)}
        onClick={() => here !== undefined && onOpen?.(here)}
      />
      {here !== undefined && (
        <div className={plot.tip} aria-hidden="true">
          {drawing
            .said(here)
            .slice(0, MOST_TOLD)
            .map((part, i) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: the parts have no other name
              <div key={i} className={styles.told}>
                {part}
              </div>
            ))}
        </div>
      )}
    </>
  );
}

const MOST_TOLD = 12;

const sentence = ([name = "", ...parts]: readonly string[]) =>
  parts.length ? `${name}: ${parts.join(", ")}` : name;

function spaceOf(width: number, height: number): Space {
  // What a token stands for costs more than a line, and is asked for with each of many.
  const known = new Map<string, string>();
  const colour = (name: string) => {
    const found = known.get(name) ?? token(name);
    known.set(name, found);
    return found;
  };
  return { width, height, colour };
}

/** A pen for the whole canvas, which is empty then. */
function penOn(canvas: HTMLCanvasElement | null, { width, height }: Space): Pen | undefined {
  const brush = canvas?.getContext("2d");
  if (!canvas || !brush) return undefined;
  canvas.width = Math.round(width * devicePixelRatio);
  canvas.height = Math.round(height * devicePixelRatio);
  brush.scale(devicePixelRatio, devicePixelRatio);
  return canvasPen(brush, token("--font"));
}
