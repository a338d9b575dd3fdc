import { useVirtualizer, type VirtualItem } from "@tanstack/react-virtual";
import {
  type KeyboardEvent,
  type ReactNode,
  useDeferredValue,
  useEffect,
  useMemo,
  useRef,
  useState,
} from "react";
import { pressed, type Sort } from "../lib/search";
import { keysOn, useKeys } from "../state/keys";
import { strings } from "../strings";
import styles from "./DataGrid.module.css";
import { BodyRow, type GridActs, HeadRow, type Placed, TICK } from "./GridRows";
import { walkLinks } from "./gridLinks";
import { useKeptPlace } from "./useKeptPlace";

export interface Column<Row> {
  readonly id: string;
  readonly name: string;
  readonly width: number;
  readonly align?: "left" | "right";
  /** Stays at the left while the others scroll; pinned columns come first. */
  readonly pinned?: boolean;
  readonly sortable?: boolean;
  /** Whether its texts stand in as many lines as they need; then rows are as high as that. */
  readonly wraps?: boolean;
  /** Whether its cells have links: Enter goes to the first, the arrows from one to another. */
  readonly enters?: boolean;
  /** Before the name, such as a colour. */
  readonly mark?: ReactNode;
  readonly cell: (row: Row) => ReactNode;
}

export interface Nesting {
  /** How deep it is; the outermost rows are at 1. */
  readonly level: number;
  /** Whether the rows nested in it follow it; undefined when there are none. */
  readonly open: boolean | undefined;
}

/** Which rows are selected, loaded or not. */
export interface Selection<Row> {
  readonly has: (row: Row) => boolean;
  /** What the box of a row is read aloud as; the beginning of its key when left out. */
  readonly nameOf?: (row: Row) => string;
  /** Whether all rows are, or some. */
  readonly all: boolean | "some";
  /** Change a row by its place, and with it those up to another place. */
  readonly toggle: (index: number, from: number) => void;
  readonly toggleAll: (on: boolean) => void;
}

export interface DataGridProps<Row> {
  label: string;
  columns: readonly Column<Row>[];
  /** How many rows there are in all, loaded or not. */
  count: number;
  /** A row by its place; undefined while it is on its way. */
  rowAt: (index: number) => Row | undefined;
  rowKey: (row: Row) => string;
  /** Called with the places on screen, so that what is missing can be fetched. */
  onRange?: (first: number, last: number) => void;
  /** What the rows are an answer to: when that changes, the grid begins at the first. */
  about?: string;
  /** The columns that it is sorted by, the first of which counts most. */
  sorts?: readonly Sort[];
  onSort?: (sorts: readonly Sort[]) => void;
  selection?: Selection<Row>;
  onOpen?: (row: Row) => void;
  /** Where a row stands in a tree; the grid is one of rows that are nested then. */
  nesting?: ((row: Row) => Nesting) | undefined;
  /** Called to unfold a row, or to fold it: by the right and left arrows on a pinned column. */
  onUnfold?: (row: Row) => void;
  /** Called with Space on a row. */
  onPeek?: (index: number) => void;
  /** Called with `e` on a row, with the id of the column at the cursor. */
  onEdit?: ((row: Row, column: string) => void) | undefined;
  /** Called when the focus has come to a row by a key. */
  onMove?: (index: number) => void;
  /** What of a chart a row stands for, as in state/lit.ts; pointing at one points at the other. */
  litBy?: ((row: Row) => string) | undefined;
  empty?: ReactNode;
}

const ROW = 30; // --row
const HEAD = 32;
const UNSORTED: readonly Sort[] = [];
const NO_ROWS: readonly VirtualItem[] = [];

/** A table of any length and width: only what is on screen is in the document. */
export function DataGrid<Row>(props: DataGridProps<Row>) {
  const { columns, count, rowAt, rowKey, onRange, selection, onOpen } = props;
  const frame = useRef<HTMLDivElement>(null);
  const anchor = useRef<number | undefined>(undefined);
  // The focused cell; row 0 is the head. Focus roves: one cell of the grid can be tabbed to.
  const [asked, setAt] = useState({ row: 1, column: 0 });
  // Where the focus is to go once the cell is drawn. A place and not a yes: an effect of an earlier
  // render may run after the key, and would put it where the cursor was.
  const wanted = useRef<{ row: number; column: number } | undefined>(undefined);

  const kept = useKeptPlace(frame, props.label);

  const ticks = selection ? 1 : 0;
  const at = { row: Math.min(asked.row, count), column: asked.column };
  const { pinned, loose, all } = useMemo(() => parted(columns), [columns]);
  const pinnedWidth = pinned.reduce((sum, c) => sum + c.width, ticks * TICK);
  const rows = useVirtualizer({
    count,
    getScrollElement: () => frame.current,
    estimateSize: () => ROW,
    initialOffset: kept?.top ?? 0,
    overscan: 12,
    paddingStart: HEAD,
    scrollPaddingStart: HEAD,
  });
  const across = useVirtualizer({
    horizontal: true,
    count: loose.length,
    getScrollElement: () => frame.current,
    estimateSize: (i) => loose[i]?.width ?? 100,
    initialOffset: kept?.left ?? 0,
    overscan: 2,
    paddingStart: pinnedWidth,
    scrollPaddingStart: pinnedWidth,
  });
  const widths = loose.map((c) => c.width).join();
  // biome-ignore lint/correctness/useExhaustiveDependencies: measure anew when widths change
  useEffect(() => across.measure(), [widths, pinnedWidth]);

  // The rows come after what is around them, so that neither keeps the browser for long.
  const drawn = useDeferredValue(true, false);
  const shown = drawn ? rows.getVirtualItems() : NO_ROWS;
  const first = shown[0]?.index ?? 0;
  const last = shown.at(-1)?.index ?? 0;
  useEffect(() => onRange?.(first, last), [onRange, first, last]);

  const answered = useRef(props.about);
  useEffect(() => {
    if (answered.current !== props.about && frame.current) frame.current.scrollTop = 0;
    answered.current = props.about;
  }, [props.about]);

  const width = across.getTotalSize();
  const visible = across.getVirtualItems();
  const [from, to] = [visible[0]?.index ?? 0, visible.at(-1)?.index ?? -1];
  const placed = useMemo(() => {
    const found: Placed<Row>[] = [];
    for (const [i, column] of pinned.entries()) {
      found.push({ column, index: i + ticks, pinned: true, edge: i === pinned.length - 1 });
    }
    for (const [i, column] of loose.slice(from, to + 1).entries()) {
      const place = from + i;
      const ends = place === loose.length - 1;
      found.push({ column, index: pinned.length + place + ticks, ends });
    }
    return found;
  }, [pinned, loose, from, to, ticks]);
  const gap = (visible[0]?.start ?? pinnedWidth) - pinnedWidth;

  const focusCell = () => {
    if (!wanted.current) return;
    const active = document.activeElement ?? document.body;
    if (active !== document.body && !frame.current?.contains(active)) {
      wanted.current = undefined; // who has gone elsewhere meanwhile stays there
      return;
    }
    const { row, column } = wanted.current;
    const cell = frame.current?.querySelector<HTMLElement>(
      `[data-row="${Math.min(row, count)}"][data-column="${column}"]`,
    );
    if (!cell) {
      // The cell that had the focus has scrolled away, and the next is not drawn yet.
      if (active === document.body) frame.current?.focus({ preventScroll: true });
      return;
    }
    wanted.current = undefined;
    cell.focus({ preventScroll: true });
  };
  useEffect(focusCell);

  const move = (row: number, column: number) => {
    const next = {
      row: Math.min(Math.max(row, 0), count),
      column: Math.min(Math.max(column, 0), all.length + ticks - 1),
    };
    if (next.row > 0) rows.scrollToIndex(next.row - 1);
    const index = next.column - ticks - pinned.length;
    if (index >= 0) across.scrollToIndex(index);
    wanted.current = next;
    setAt(next);
    if (next.row > 0 && next.row !== at.row) props.onMove?.(next.row - 1);
  };

  const toggle = (index: number, range: boolean) => {
    if (!rowAt(index)) return;
    selection?.toggle(index, range ? Math.min(anchor.current ?? index, count - 1) : index);
    anchor.current = index;
  };

  const sortBy = (place: number, more: boolean) => {
    const column = all[place - ticks];
    if (column?.sortable) props.onSort?.(pressed(props.sorts ?? [], column.id, more));
  };

  const onKeyDown = (event: KeyboardEvent) => {
    if (at.row > 0 && all[at.column - ticks]?.enters && walkLinks(event)) {
      event.preventDefault();
      return;
    }
    const page = Math.max(1, Math.floor((frame.current?.clientHeight ?? 300) / ROW) - 2);
    const far = event.ctrlKey || event.metaKey;
    const row = rowAt(at.row - 1);
    const steps: Record<string, () => void> = {
      ArrowDown: () => move(far ? count : at.row + 1, at.column),
      j: () => move(at.row + 1, at.column),
      ArrowUp: () => move(far ? 0 : at.row - 1, at.column),
      k: () => move(at.row - 1, at.column),
      ArrowRight: () => move(at.row, far ? all.length : at.column + 1),
      ArrowLeft: () => move(at.row, far ? 0 : at.column - 1),
      PageDown: () => move(at.row + page, at.column),
      PageUp: () => move(at.row - page, at.column),
      Home: () => move(far ? 1 : at.row, far ? at.column : 0),
      End: () => move(far ? count : at.row, far ? at.column : all.length),
      x: () => at.row > 0 && toggle(at.row - 1, false),
      X: () => at.row > 0 && toggle(at.row - 1, true),
      Enter: () => (at.row > 0 ? row && onOpen?.(row) : sortBy(at.column, event.shiftKey)),
    };
    if (at.row > 0 && props.onPeek) steps[" "] = () => props.onPeek?.(at.row - 1);
    const edited = all[at.column - ticks]?.id ?? "";
    if (row && props.onEdit) steps.e = () => props.onEdit?.(row, edited);
    if (far && event.key === "a") steps.a = () => selection?.toggleAll(true);
    if (selection?.all) steps.Escape = () => selection.toggleAll(false);
    const inside = event.target instanceof HTMLElement && !event.target.dataset.row;
    const letter = event.key.length === 1 && !(far && event.key === "a");
    if (inside && (event.key === "Enter" || letter)) return;
    if (letter && event.key !== " " && !far && !keysOn.get()) return;
    if (event.altKey || (far && letter)) return;
    const step = steps[event.key];
    if (!step) return;
    event.preventDefault();
    const pin = at.column - ticks;
    const folds = { ArrowRight: false, ArrowLeft: true }[event.key];
    if (row && !far && pin >= 0 && pin < pinned.length && folds !== undefined) {
      // As in any tree: an arrow unfolds or folds, and moves on where there is nothing to.
      if (props.nesting?.(row).open === folds) return props.onUnfold?.(row);
    }
    step();
  };

  const enter = () => {
    if (frame.current?.contains(document.activeElement)) return;
    frame.current?.focus({ preventScroll: true }); // from there it goes to the cell, once drawn
    move(Math.max(at.row, Math.min(1, count)), at.column);
  };
  useKeys([{ keys: "j", label: strings.keys.toTable, group: strings.keys.page, run: enter }]);

  // Always the same, so that rows that stay as they are need not be drawn anew.
  const latest = useRef({ toggle, sortBy, props });
  latest.current = { toggle, sortBy, props };
  const acts = useMemo<GridActs<Row>>(
    () => ({
      toggle: (index, range) => latest.current.toggle(index, range),
      toggleAll: (on) => latest.current.props.selection?.toggleAll(on),
      sort: (place, more) => latest.current.sortBy(place, more),
      open: (row) => latest.current.props.onOpen?.(row),
    }),
    [],
  );
  const tabbed = (row: number) => (at.row === row ? at.column : undefined);
  const nameOf = selection?.nameOf ?? ((row: Row) => rowKey(row).slice(0, 8));
  const measure = all.some(({ wraps }) => wraps) ? rows.measureElement : undefined;
  const shape = { placed, gap, width, acts, measure };
  const grid = (
    <div
      ref={frame}
      className={styles.frame}
      role="grid"
      {...(props.nesting && { role: "treegrid" })}
      aria-label={props.label}
      aria-rowcount={count + 1}
      aria-colcount={all.length + ticks}
      aria-multiselectable={selection ? true : undefined}
      tabIndex={-1}
      onKeyDown={onKeyDown}
      onFocus={(event) => {
        const { row, column } = (event.target as HTMLElement).dataset;
        if (row && column) setAt({ row: Number(row), column: Number(column) });
      }}
    >
      <div
        className={styles.space}
        role="presentation"
        style={{ height: rows.getTotalSize(), width: Math.max(width, 0), minWidth: "100%" }}
      >
        <HeadRow
          {...shape}
          tabbed={tabbed(0)}
          sorts={props.sorts ?? UNSORTED}
          sortable={props.onSort !== undefined}
          selected={selection?.all}
        />
        {shown.map(({ key, index, start }) => {
          const row = rowAt(index);
          const nested = row && props.nesting?.(row);
          return (
            <BodyRow
              key={key}
              {...shape}
              tabbed={tabbed(index + 1)}
              index={index}
              top={start}
              row={row}
              selected={selection && row !== undefined && selection.has(row)}
              name={selection && row ? nameOf(row) : ""}
              level={nested?.level}
              unfolded={nested?.open}
              point={row && props.litBy?.(row)}
            />
          );
        })}
      </div>
    </div>
  );
  return count || !props.empty ? (
    grid
  ) : (
    <div className={styles.outer}>
      {grid}
      <div className={styles.empty}>{props.empty}</div>
    </div>
  );
}

/** Columns as they stand: those that stay at the left first. */
function parted<Row>(columns: readonly Column<Row>[]) {
  const pinned = columns.filter((c) => c.pinned);
  const loose = columns.filter((c) => !c.pinned);
  return { pinned, loose, all: [...pinned, ...loose] };
}
