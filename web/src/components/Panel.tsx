import { type ReactNode, useId } from "react";
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
      <div className={flush ? styles.flush : styles.body}>{children}</div>
    </section>
  );
}
