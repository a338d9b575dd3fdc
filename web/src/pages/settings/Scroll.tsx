import type { ReactNode } from "react";
import styles from "./Settings.module.css";

/** Scrolls sideways what is too wide; it can be reached by keyboard even without buttons in it. */
export function Scroll({ label, children }: { label: string; children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
    <div className={styles.wide} role="group" aria-label={label} tabIndex={0}>
      {children}
    </div>
  );
}
