import { useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, type ReactNode, useEffect, useId, useRef, useState } from "react";
import { Icon } from "./Icon";
import styles from "./VirtualTree.module.css";

/** A row of a tree whose rows stand below each other. */
export interface TreeRow {
  readonly key: string;
  readonly level: number;
  /** Whether it is open; undefined for one without anything below it. */
  readonly open?: boolean | undefined;
  /** Its place among its siblings, and how many there are. */
  readonly place: number;
  readonly siblings: number;
}

interface VirtualTreeProps<Row extends TreeRow> {
  label: string;
  rows: readonly Row[];
  /** The row that is chosen. */
  chosen?: string | undefined;
  cell: (row: Row) => ReactNode;
  /** What a row says, where it leads somewhere. */
  href?: (row: Row) => string | undefined;
  onToggle: (row: Row) => void;
  onChoose: (row: Row) => void;
}

const ROW = 28;
const INDENT = 16;

/** A tree of any length: only what is on screen is in the document. */
export function VirtualTree<Row extends TreeRow>(props: VirtualTreeProps<Row>) {
  const { rows, chosen, cell, href, onToggle, onChoose } = props;
  const frame = useRef<HTMLDivElement>(null);
  const id = useId();
  const chosenAt = rows.findIndex((row) => row.key === chosen);
  const [asked, setAt] = useState(0);
  const at = Math.min(asked, Math.max(rows.length - 1, 0));
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => frame.current,
    estimateSize: () => ROW,
    overscan: 10,
  });

  // biome-ignore lint/correctness/useExhaustiveDependencies: once for what is chosen elsewhere
  useEffect(() => {
    if (chosenAt < 0) return;
    setAt(chosenAt);
    virtual.scrollToIndex(chosenAt);
  }, [chosen, chosenAt >= 0]);

  const go = (index: number) => {
    const next = Math.min(Math.max(index, 0), rows.length - 1);
    setAt(next);
    virtual.scrollToIndex(next);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const row = rows[at];
    if (!row || event.altKey || event.ctrlKey || event.metaKey) return;
    const page = Math.max(1, Math.floor((frame.current?.clientHeight ?? 300) / ROW) - 1);
    const above = () => {
      let index = at;
      while (index > 0 && (rows[index]?.level ?? 0) >= row.level) index -= 1;
      return index;
    };
    const steps: Record<string, () => void> = {
      ArrowDown: () => go(at + 1),
      ArrowUp: () => go(at - 1),
      PageDown: () => go(at + page),
      PageUp: () => go(at - page),
      Home: () => go(0),
      End: () => go(rows.length - 1),
      ArrowRight: () => (row.open === false ? onToggle(row) : row.open && go(at + 1)),
      ArrowLeft: () => (row.open ? onToggle(row) : row.level > 1 && go(above())),
      Enter: () => onChoose(row),
      " ": () => onChoose(row),
    };
    const step = steps[event.key];
    if (!step) return;
    event.preventDefault();
    step();
  };

  return (
    <div
      ref={frame}
      className={styles.frame}
      role="tree"
      aria-label={props.label}
      aria-activedescendant={rows.length ? `${id}-${at}` : undefined}
      tabIndex={0}
      onKeyDown={onKeyDown}
    >
      <div className={styles.space} role="presentation" style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map(({ index, start }) => {
          const row = rows[index];
          if (!row) return null;
          return (
            <a
              key={row.key}
              id={`${id}-${index}`}
              className={styles.row}
              href={href?.(row)}
              role="treeitem"
              tabIndex={-1}
              aria-level={row.level}
              aria-posinset={row.place}
              aria-setsize={row.siblings}
              aria-expanded={row.open}
              aria-selected={row.key === chosen}
              data-at={index === at || undefined}
              style={{
                transform: `translateY(${start}px)`,
                paddingLeft: (row.level - 1) * INDENT + 6,
              }}
              onClick={(event) => {
                if (event.ctrlKey || event.metaKey || event.shiftKey) return;
                event.preventDefault();
                setAt(index);
                frame.current?.focus({ preventScroll: true });
                onChoose(row);
              }}
            >
              <span className={styles.twist}>
                {row.open !== undefined && <Icon name={row.open ? "down" : "right"} size={12} />}
              </span>
              {cell(row)}
            </a>
          );
        })}
      </div>
    </div>
  );
}
