import { type ReactNode, useEffect, useId, useRef, useState } from "react";
import { grouped } from "../lib/number";
import styles from "./Panel.module.css";

interface PanelProps {
  title: string;
  /** Whether the heading of the page says the title already, so that it is only read aloud. */
  bare?: boolean;
  count?: number | undefined;
  actions?: ReactNode;
  /** Whether the content reaches the panel's edges, as lists and tables do. */
  flush?: boolean;
  children: ReactNode;
}

/** A part of a page with a heading. */
export function Panel({ title, bare, count, actions, flush, children }: PanelProps) {
  const id = useId();
  return (
    <section className={styles.panel} aria-labelledby={id}>
      <div className={bare ? "hidden" : styles.head}>
        <h2 id={id}>{title}</h2>
        {count !== undefined && <span className={`num ${styles.count}`}>{grouped(count)}</span>}
        {actions && <div className={styles.actions}>{actions}</div>}
      </div>
      {flush ? (
        <Wide labelledBy={id}>{children}</Wide>
      ) : (
        <div className={styles.body}>{children}</div>
      )}
    </section>
  );
}

/** What may be wider than the panel; the keyboard reaches it while it is, so as to scroll it. */
function Wide({ labelledBy, children }: { labelledBy: string; children: ReactNode }) {
  const box = useRef<HTMLDivElement>(null);
  const [scrolls, setScrolls] = useState(false);
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const look = () => setScrolls(element.scrollWidth > element.clientWidth);
    const watch = new ResizeObserver(look);
    for (const one of [element, ...element.children]) watch.observe(one);
    look();
    return () => watch.disconnect();
  });
  const reached = scrolls ? { tabIndex: 0, role: "group", "aria-labelledby": labelledBy } : {};
  return (
    <div ref={box} className={styles.flush} {...reached}>
      {children}
    </div>
  );
}
