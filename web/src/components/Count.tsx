import { grouped } from "../lib/number";
import styles from "./Panel.module.css";

/** How many there are, behind a title; nothing until that is known. */
export function Count({ of }: { of: readonly unknown[] | undefined }) {
  return of ? <span className={`num ${styles.count}`}>{grouped(of.length)}</span> : null;
}
