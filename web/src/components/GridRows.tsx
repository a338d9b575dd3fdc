import { memo, type ReactNode, useSyncExternalStore } from "react";
import type { Sort } from "../lib/search";
import { lit, pointing } from "../state/lit";
import { strings } from "../strings";
import type { Column } from "./DataGrid";
import styles from "./DataGrid.module.css";
import { Icon } from "./Icon";

/** A column that is on screen. */
export interface Placed<Row> {
  readonly column: Column<Row>;
  readonly index: number;
  readonly pinned?: boolean;
  /** Whether it is the last of those that are pinned. */
  readonly edge?: boolean;
  /** Whether no column comes after it: what it says has the room that is left. */
  readonly ends?: boolean;
}

/** What is done from a row; the same as long as the grid is there. */
export interface GridActs<Row> {
  readonly toggle: (index: number, range: boolean) => void;
  readonly toggleAll: (on: boolean) => void;
  readonly sort: (place: number, more: boolean) => void;
  readonly open: (row: Row) => void;
}

interface RowShape<Row> {
  placed: readonly Placed<Row>[];
  gap: number;
  width: number;
  acts: GridActs<Row>;
  /** Told of each row how high it is, where they are as high as their texts. */
  measure: ((row: HTMLElement | null) => void) | undefined;
  /** Which of its cells can be tabbed to; undefined when it is one of another row. */
  tabbed: number | undefined;
}

/** Pixels of the column with the boxes. */
export const TICK = 36;

function look<Row>({ column, edge, ends }: Placed<Row>): string {
  const side = column.align === "right" ? styles.right : ends ? styles.ends : "";
  return `${styles.cell} ${side} ${edge ? styles.edge : ""} ${column.wraps ? styles.lines : ""}`;
}

/**
 * The cells of a row. Those that stay at the left do so together: what sticks is a layer of the
 * browser's, which every frame of a scroll pays for.
 */
function cellsOf<Row>(
  columns: readonly Placed<Row>[],
  tick: ReactNode,
  cell: (placed: Placed<Row>, gap: boolean) => ReactNode,
): ReactNode {
  const pinned = columns.filter((c) => c.pinned);
  return (
    <>
      {(tick || pinned.length > 0) && (
        <div className={styles.pins} role="presentation">
          {tick}
          {pinned.map((placed) => cell(placed, false))}
        </div>
      )}
      {columns.slice(pinned.length).map((placed, i) => cell(placed, i === 0))}
    </>
  );
}

interface HeadRowProps<Row> extends RowShape<Row> {
  sorts: readonly Sort[];
  sortable: boolean;
  /** Whether all rows are selected; undefined where none can be. */
  selected: boolean | "some" | undefined;
}

/** The names of the columns. */
export const HeadRow = memo(Head) as typeof Head;

function Head<Row>(props: HeadRowProps<Row>) {
  const { placed: columns, gap, width, acts, tabbed, sorts, sortable, selected } = props;
  const tabbable = (column: number) => (tabbed === column ? 0 : -1);
  const tick = selected !== undefined && (
    <div
      className={`${styles.cell} ${styles.tick}`}
      role="columnheader"
      aria-colindex={1}
      data-row={0}
      data-column={0}
      tabIndex={tabbable(0)}
    >
      <input
        type="checkbox"
        tabIndex={-1}
        aria-label={strings.grid.selectAll}
        ref={(box) => {
          if (box) box.indeterminate = selected === "some";
        }}
        checked={selected === true}
        onChange={(e) => acts.toggleAll(e.target.checked)}
      />
    </div>
  );
  return (
    <div className={styles.head} role="row" aria-rowindex={1} style={{ width, minWidth: "100%" }}>
      {cellsOf(columns, tick, (placed, first) => {
        const { column, index } = placed;
        const rank = sorts.findIndex((sort) => sort.key === column.id);
        const by = sorts[rank];
        const order = by?.descending ? "descending" : "ascending";
        return (
          <div
            key={column.id}
            className={`${look(placed)} ${styles.headcell}`}
            role="columnheader"
            aria-colindex={index + 1}
            aria-sort={by ? order : undefined}
            style={{ width: column.width, marginLeft: first && gap ? gap : undefined }}
            data-row={0}
            data-column={index}
            tabIndex={tabbable(index)}
            title={column.name}
          >
            {column.sortable && sortable ? (
              <button
                type="button"
                tabIndex={-1}
                className={`${styles.sort} ${by ? styles.sorted : ""}`}
                onClick={(e) => acts.sort(index, e.shiftKey)}
              >
                {column.mark}
                <span>{column.name}</span>
                {by && <Icon name={by.descending ? "down" : "up"} size={12} />}
                {by && sorts.length > 1 && <small>{rank + 1}</small>}
              </button>
            ) : (
              <>
                {column.mark}
                <span>{column.name}</span>
              </>
            )}
          </div>
        );
      })}
    </div>
  );
}

interface BodyRowProps<Row> extends RowShape<Row> {
  index: number;
  top: number;
  row: Row | undefined;
  /** Whether it is selected; undefined where no row can be. */
  selected: boolean | undefined;
  /** What its box is read aloud as. */
  name: string;
  level: number | undefined;
  unfolded: boolean | undefined;
  point: string | undefined;
}

/** A row of the body: drawn anew only when something of it, or the columns on screen, changes. */
export const BodyRow = memo(Body) as typeof Body;

function Body<Row>(props: BodyRowProps<Row>) {
  const { index, row, placed: columns, gap, acts, tabbed, selected, point } = props;
  const isLit = useSyncExternalStore(lit.follow, () => point !== undefined && lit.get() === point);
  const tabbable = (column: number) => (tabbed === column ? 0 : -1);
  const tick = selected !== undefined && (
    <div
      className={`${styles.cell} ${styles.tick}`}
      role="gridcell"
      aria-colindex={1}
      data-row={index + 1}
      data-column={0}
      tabIndex={tabbable(0)}
    >
      <input
        type="checkbox"
        tabIndex={-1}
        aria-label={strings.grid.select(props.name)}
        checked={selected}
        disabled={!row}
        onClick={(e) => acts.toggle(index, e.shiftKey)}
        onChange={() => undefined}
      />
    </div>
  );
  return (
    <div
      ref={props.measure}
      data-index={index}
      className={`${styles.row} ${props.measure ? styles.high : ""}`}
      role="row"
      aria-rowindex={index + 2}
      aria-level={props.level}
      aria-expanded={props.unfolded}
      aria-selected={selected}
      style={{ transform: `translateY(${props.top}px)`, width: props.width, minWidth: "100%" }}
      data-lit={isLit || undefined}
      {...(point !== undefined && pointing(point))}
      onDoubleClick={() => row && acts.open(row)}
    >
      {cellsOf(columns, tick, (placed, first) => (
        <div
          key={placed.column.id}
          className={look(placed)}
          role="gridcell"
          aria-colindex={placed.index + 1}
          style={{ width: placed.column.width, marginLeft: first && gap ? gap : undefined }}
          data-row={index + 1}
          data-column={placed.index}
          tabIndex={tabbable(placed.index)}
        >
          {row ? said(placed.column.cell(row)) : <span className={styles.wait} />}
        </div>
      ))}
    </div>
  );
}

/** What a cell says, as an element: that one ends where the cell does. */
const said = (content: ReactNode) =>
  typeof content === "string" ? <span>{content}</span> : content;
