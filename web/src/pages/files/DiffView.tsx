import { useVirtualizer } from "@tanstack/react-virtual";
import { useMemo, useRef, useState } from "react";
import { Segments } from "../../components/Segments";
import styles from "./DiffView.module.css";
import { type DiffRow, type Pair, sideBySide } from "./diffrows";
import { strings } from "./strings";

interface DiffViewProps {
  label: string;
  rows: readonly DiffRow[];
  /** What to know of the difference, such as how big it is. */
  note?: string | undefined;
  /** Show a stretch of equal lines. */
  onGap?: (gap: number) => void;
}

const ROW = 20;
const LONGEST = 2000; // characters of a line that are shown
const MARKS: Partial<Record<DiffRow["kind"], string>> = { removed: "−", added: "+" };

/** What differs between two texts: below each other, or side by side. */
export function DiffView({ label, rows, note, onGap }: DiffViewProps) {
  const frame = useRef<HTMLDivElement>(null);
  const [split, setSplit] = useState(false);
  const pairs = useMemo<Pair[]>(
    () => (split ? sideBySide(rows) : rows.map((row) => [row, undefined])),
    [rows, split],
  );
  const longest = useMemo(
    () => rows.reduce((most, row) => Math.max(most, Math.min(row.text.length, LONGEST)), 0),
    [rows],
  );
  const virtual = useVirtualizer({
    count: pairs.length,
    getScrollElement: () => frame.current,
    estimateSize: () => ROW,
    overscan: 20,
  });
  return (
    <div className={styles.diff}>
      <div className={styles.bar}>
        <Segments<"one" | "two">
          label={strings.layout}
          value={split ? "two" : "one"}
          choices={[
            ["one", strings.unified],
            ["two", strings.split],
          ]}
          onChoose={(next) => setSplit(next === "two")}
        />
        {note && <span role="status">{note}</span>}
      </div>
      <div
        ref={frame}
        className={styles.lines}
        style={{ height: Math.min(pairs.length * ROW + 18, 1200) }}
        role="region"
        aria-label={label}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by keyboard
        tabIndex={0}
      >
        <div
          className={styles.space}
          style={{
            height: virtual.getTotalSize(),
            width: split ? "100%" : `calc(${longest}ch + 130px)`,
          }}
        >
          {virtual.getVirtualItems().map(({ index, start }) => {
            const [left, right] = pairs[index] ?? [];
            const across = left && !["same", "removed", "added"].includes(left.kind);
            return (
              <div
                key={index}
                className={styles.row}
                style={{ transform: `translateY(${start}px)` }}
              >
                {across || !split ? (
                  <Line row={left} numbers={split ? "none" : "both"} onGap={onGap} />
                ) : (
                  <>
                    <Line row={left} numbers="before" onGap={onGap} />
                    <Line row={right} numbers="after" onGap={onGap} />
                  </>
                )}
              </div>
            );
          })}
        </div>
      </div>
    </div>
  );
}

interface LineProps {
  row: DiffRow | undefined;
  numbers: "both" | "before" | "after" | "none";
  onGap: ((gap: number) => void) | undefined;
}

function Line({ row, numbers, onGap }: LineProps) {
  if (!row) return <div className={`${styles.line} ${styles.nothing}`} />;
  const { kind, text, gap } = row;
  if (kind === "gap") {
    return (
      <div className={`${styles.line} ${styles.gap}`}>
        <button type="button" onClick={() => gap !== undefined && onGap?.(gap)}>
          {strings.equalLines(Number(text))}
        </button>
      </div>
    );
  }
  const code = kind === "same" || kind === "removed" || kind === "added";
  return (
    <div className={`${styles.line} ${styles[kind] ?? ""}`}>
      {code && (numbers === "both" || numbers === "before") && (
        <span className={styles.number}>{row.before}</span>
      )}
      {code && (numbers === "both" || numbers === "after") && (
        <span className={styles.number}>{row.after}</span>
      )}
      <span className={styles.mark}>{MARKS[kind]}</span>
      <span className={styles.text}>
        {text.slice(0, LONGEST)}
        {text.length > LONGEST && strings.moreOfLine(text.length - LONGEST)}
      </span>
    </div>
  );
}
