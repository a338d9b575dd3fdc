import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import { IconButton } from "../../components/Button";
import { Check } from "../../components/Field";
import { moved, POINTS, type Point, readColumn, writeColumn } from "../../lib/columns";
import { keyName } from "../runs/columns";
import styles from "./ColumnPicker.module.css";
import { ITEMS } from "./ItemChips";
import { strings } from "./strings";

interface ShownColumnsProps {
  shown: readonly string[];
  pinned: readonly string[];
  /** What the listed ones have in their names. */
  text: string;
  onChange: (shown: readonly string[], pinned: readonly string[]) => void;
}

const nameOf = (base: string) => ITEMS[base] ?? keyName(base);

/** The columns that a table has: in which order, what of a metric, and which stay at the left. */
export function ShownColumns({ shown, pinned, text, onChange }: ShownColumnsProps) {
  const list = useRef<HTMLUListElement>(null);
  const [carried, setCarried] = useState<string>();
  const [said, setSaid] = useState("");
  const latest = useRef(shown);
  latest.current = shown;
  const swap = (id: string, next: string) =>
    onChange(
      shown.map((one) => (one === id ? next : one)),
      pinned.map((one) => (one === id ? next : one)),
    );
  const place = (id: string, to: number) => {
    const columns = moved(latest.current, latest.current.indexOf(id), to);
    if (columns.every((one, i) => one === latest.current[i])) return;
    latest.current = columns;
    onChange(columns, pinned);
    const key = nameOf(readColumn(id).base);
    setSaid(strings.columns.placed(key, columns.indexOf(id) + 1, columns.length));
  };
  const onKeyDown = (event: KeyboardEvent, id: string) => {
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    place(id, Math.max(0, shown.indexOf(id) + step));
  };
  const carry = useRef<(y: number) => void>(undefined);
  carry.current = (y) => {
    for (const row of list.current?.children ?? []) {
      const { top, bottom } = row.getBoundingClientRect();
      if (y < top || y > bottom) continue;
      const to = latest.current.indexOf((row as HTMLElement).dataset.id ?? "");
      if (to >= 0 && carried !== undefined) place(carried, to);
    }
  };
  // Of the window: what is carried changes its place in the document, and would lose the pointer.
  useEffect(() => {
    if (carried === undefined) return;
    const stop = new AbortController();
    const { signal } = stop;
    const end = () => setCarried(undefined);
    window.addEventListener("pointermove", ({ clientY }) => carry.current?.(clientY), { signal });
    window.addEventListener("pointerup", end, { signal });
    window.addEventListener("pointercancel", end, { signal });
    return () => stop.abort();
  }, [carried]);
  const listed = shown.filter((id) => id.includes(text));
  if (!listed.length) return null;
  return (
    <>
      <h3>{strings.columns.shown}</h3>
      <ul ref={list} aria-label={strings.columns.shown}>
        {listed.map((id) => {
          const { base, point } = readColumn(id);
          const key = nameOf(base);
          return (
            <li key={base} data-id={id} className={id === carried ? styles.carried : ""}>
              <IconButton
                icon="grip"
                label={strings.columns.move(key)}
                className={styles.grip}
                onKeyDown={(event) => onKeyDown(event, id)}
                onPointerDown={() => setCarried(id)}
              />
              <Check
                checked
                onChange={() =>
                  onChange(
                    shown.filter((other) => other !== id),
                    pinned,
                  )
                }
              >
                {key}
              </Check>
              {base.startsWith("metrics.") && (
                <select
                  aria-label={strings.columns.pointOf(key)}
                  value={point}
                  onChange={({ target }) => swap(id, writeColumn(base, target.value as Point))}
                >
                  {POINTS.map((one) => (
                    <option key={one} value={one}>
                      {strings.columns.points[one]}
                    </option>
                  ))}
                </select>
              )}
              <IconButton
                icon="pin"
                label={strings.columns.pin(key)}
                aria-pressed={pinned.includes(id)}
                className={styles.pin}
                onClick={() =>
                  onChange(
                    shown,
                    pinned.includes(id) ? pinned.filter((one) => one !== id) : [...pinned, id],
                  )
                }
              />
            </li>
          );
        })}
      </ul>
      <p className="hidden" role="status">
        {said}
      </p>
    </>
  );
}
