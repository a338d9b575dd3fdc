import type { ReactNode } from "react";
import styles from "./Empty.module.css";

/** Says what belongs here and why it is empty; below it, what to do about that. */
export function Empty({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className={styles.empty}>
      <p className={styles.title}>{title}</p>
      {children}
    </div>
  );
}
