import { type KeyboardEvent, type PointerEvent, useMemo, useRef, useState } from "react";
import { Button } from "../../components/Button";
import { Menu, MenuItem, MenuLine } from "../../components/Menu";
import { Sketch } from "../../components/Sketch";
import { grouped } from "../../lib/number";
import { type Axis, type Brush, saidOf, share, valueAt, within } from "../../lib/runAxes";
import styles from "./Parallel.module.css";
import { acrossAt, FOOT, HEAD, HEIGHT, parallelDrawing, placeAt } from "./parallelDrawing";
import { Ranges } from "./Ranges";
import type { RunPlot } from "./RunPlots";
import { runStrings as strings } from "./runStrings";

interface ParallelProps extends RunPlot {
  axes: readonly Axis[];
}

/** Many runs as lines over axes; parts of axes choose among them. */
export function Parallel({ axes, runs, colourOf, view, onView, onOpen, onKeep }: ParallelProps) {
  const brushes = useMemo(() => view.brush ?? {}, [view.brush]);
  const [drawn, setDrawn] = useState<{ field: string; brush: Brush }>();
  const chosen = useMemo(() => within(axes, brushes, runs.ids.length), [axes, brushes, runs]);
  const now = useMemo(() => {
    const all = drawn ? { ...brushes, [drawn.field]: drawn.brush } : brushes;
    return within(axes, all, runs.ids.length).reduce((sum, inside) => sum + inside, 0);
  }, [axes, brushes, drawn, runs]);
  const drawing = useMemo(
    () => parallelDrawing({ axes, names: runs.names, chosen, colourOf }),
    [axes, runs, chosen, colourOf],
  );
  const kept = useMemo(() => runs.ids.flatMap((_, i) => (chosen[i] ? [i] : [])), [runs, chosen]);
  const rows = () =>
    kept.map((i) => [runs.names[i] ?? "", ...axes.map((a) => saidOf(a, a.values[i] as number))]);
  const fields = axes.map((axis) => axis.field);
  const brush = (field: string, next: Brush | undefined) => {
    const others = Object.entries(brushes).filter(([name]) => name !== field);
    const all = next ? [...others, [field, next] as const] : others;
    onView({ brush: all.length ? Object.fromEntries(all) : undefined });
  };
  const move = (from: number, to: number) => {
    const next = fields.filter((_, i) => i !== from);
    next.splice(Math.min(Math.max(to, 0), next.length), 0, fields[from] as string);
    onView({ axes: next });
  };
  const flip = (field: string) => {
    const flipped = new Set(view.flip);
    if (!flipped.delete(field)) flipped.add(field);
    onView({ flip: flipped.size ? [...flipped] : undefined });
  };
  const some = Object.keys(brushes).length > 0;
  return (
    <>
      <Sketch
        title={strings.parallel}
        summary={strings.parallelSaid(
          runs.ids.length,
          now,
          axes.map((axis) => axis.key),
        )}
        height={HEIGHT}
        drawing={drawing}
        heads={[strings.run, ...axes.map((axis) => axis.key)]}
        rows={rows}
        onOpen={(thing) => onOpen(kept[thing] as number)}
        aside={
          <span className={`num ${styles.count}`} role="status">
            {strings.within(now, runs.ids.length)}
          </span>
        }
        over={(width) =>
          axes.map((axis, i) => (
            <AxisHead
              key={axis.field}
              axis={axis}
              at={i}
              count={axes.length}
              width={width}
              brush={drawn?.field === axis.field ? drawn.brush : brushes[axis.field]}
              onDraw={(next) => setDrawn(next && { field: axis.field, brush: next })}
              onBrush={(next) => brush(axis.field, next)}
              onMove={(to) => move(i, to)}
              onFlip={() => flip(axis.field)}
              onRemove={() => onView({ axes: fields.filter((field) => field !== axis.field) })}
            />
          ))
        }
      />
      {some && (
        <div className={styles.ranges}>
          <Ranges axes={axes} brushes={brushes} onBrush={brush} />
          <Button onClick={() => onView({ brush: undefined })}>{strings.clearRanges}</Button>
          <Button
            kind="primary"
            disabled={!kept.length}
            onClick={() => onKeep(axes, brushes, kept)}
          >
            {strings.keep(grouped(kept.length))}
          </Button>
        </div>
      )}
    </>
  );
}

interface AxisHeadProps {
  axis: Axis;
  at: number;
  count: number;
  width: number;
  brush: Brush | undefined;
  onDraw: (brush: Brush | undefined) => void;
  onBrush: (brush: Brush | undefined) => void;
  onMove: (to: number) => void;
  onFlip: () => void;
  onRemove: () => void;
}

const STRIP = 28; // pixels in which an axis is brushed
const CLICK = 4; // pixels below which a press is no brush

/** An axis over the drawing: its name with a menu, which can be dragged, and where it is brushed. */
function AxisHead(props: AxisHeadProps) {
  const { axis, at, count, width, brush, onDraw, onBrush, onMove } = props;
  const x = acrossAt(at, count, width);
  const start = useRef<number | undefined>(undefined);
  const [dragged, setDragged] = useState(0);
  const [open, setOpen] = useState(false);
  const from = useRef<number | undefined>(undefined);
  const room = Math.min(160, (width - 20) / count);
  const place = (event: PointerEvent<HTMLElement>) => {
    const top = event.currentTarget.getBoundingClientRect().top;
    return Math.min(Math.max(placeAt(event.clientY - top + HEAD), 0), 1);
  };
  const head = {
    onPointerDown: (event: PointerEvent<HTMLElement>) => {
      if (event.button !== 0) return;
      // Else the menu would open before it is known whether the axis is dragged.
      event.preventDefault();
      event.currentTarget.focus();
      from.current = event.clientX;
      event.currentTarget.setPointerCapture(event.pointerId);
    },
    onPointerMove: (event: PointerEvent<HTMLElement>) => {
      if (from.current !== undefined) setDragged(event.clientX - from.current);
    },
    onPointerUp: (event: PointerEvent<HTMLElement>) => {
      const moved = event.clientX - (from.current ?? event.clientX);
      if (from.current === undefined) return;
      from.current = undefined;
      setDragged(0);
      if (Math.abs(moved) > CLICK) onMove(nearest(x + moved, count, width));
      else setOpen(!open);
    },
    onKeyDown: (event: KeyboardEvent) => {
      const by = event.key === "ArrowLeft" ? -1 : event.key === "ArrowRight" ? 1 : 0;
      if (!by) return;
      event.preventDefault();
      onMove(at + by);
    },
  };
  const [low, high] = brush ? endsOf(axis, brush) : [0, 0];
  const tall = HEIGHT - HEAD - FOOT;
  return (
    <div className={styles.axis} style={{ transform: `translateX(${x}px)` }}>
      <div
        className={styles.name}
        style={{ width: room, left: -room / 2, transform: `translateX(${dragged}px)` }}
      >
        <Menu
          open={open}
          onOpenChange={setOpen}
          trigger={
            <button type="button" title={strings.axisHint(axis.key)} {...head}>
              {axis.key}
            </button>
          }
        >
          <MenuItem onSelect={() => onMove(at - 1)} why={at === 0 ? strings.first : undefined}>
            {strings.left}
          </MenuItem>
          <MenuItem
            onSelect={() => onMove(at + 1)}
            why={at === count - 1 ? strings.last : undefined}
          >
            {strings.right}
          </MenuItem>
          <MenuItem onSelect={props.onFlip} why={noLog(axis)}>
            {axis.log ? strings.linear : strings.log}
          </MenuItem>
          <MenuLine />
          <MenuItem onSelect={() => onBrush(axis.texts ?? [axis.low, axis.high])}>
            {strings.range}
          </MenuItem>
          {brush && <MenuItem onSelect={() => onBrush(undefined)}>{strings.noRange}</MenuItem>}
          <MenuItem onSelect={props.onRemove} why={count < 3 ? strings.fewAxes : undefined}>
            {strings.removeAxis}
          </MenuItem>
        </Menu>
      </div>
      <div
        className={styles.strip}
        style={{ top: HEAD, width: STRIP, left: -STRIP / 2, height: tall }}
        onPointerDown={(event) => {
          start.current = place(event);
          event.currentTarget.setPointerCapture(event.pointerId);
        }}
        onPointerMove={(event) => {
          if (start.current !== undefined) onDraw(brushOf(axis, start.current, place(event)));
        }}
        onPointerUp={(event) => {
          const [one, other] = [start.current ?? 0, place(event)];
          start.current = undefined;
          onDraw(undefined);
          const wide = Math.abs(one - other) * tall > CLICK;
          onBrush(wide ? brushOf(axis, one, other) : undefined);
        }}
      >
        {brush && (
          <div
            className={styles.brush}
            style={{ top: (1 - high) * tall, height: Math.max((high - low) * tall, 3) }}
          />
        )}
      </div>
    </div>
  );
}

function noLog(axis: Axis): string | undefined {
  return axis.texts || (!axis.log && axis.low <= 0) ? strings.noLog : undefined;
}

/** Which place of the axes is nearest to where one was dropped. */
function nearest(x: number, count: number, width: number): number {
  const step = acrossAt(1, count, width) - acrossAt(0, count, width);
  return Math.round((x - acrossAt(0, count, width)) / step);
}

/** What of an axis lies between two places. */
function brushOf(axis: Axis, one: number, other: number): Brush {
  const [low, high] = [Math.min(one, other), Math.max(one, other)];
  if (!axis.texts) return [rounded(valueAt(axis, low)), rounded(valueAt(axis, high))];
  return axis.texts.filter((_, i) => share(axis, i) >= low && share(axis, i) <= high);
}

const rounded = (value: number) => Number(value.toPrecision(6));

/** The places of an axis between which a brush lies. */
function endsOf(axis: Axis, brush: Brush): [number, number] {
  const values = axis.texts
    ? brush.map((text) => axis.texts?.indexOf(String(text)) ?? 0)
    : (brush as readonly number[]);
  const places = values.map((value) => Math.min(Math.max(share(axis, value), 0), 1));
  return [Math.min(...places), Math.max(...places)];
}
