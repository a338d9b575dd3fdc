import { type ReactNode, useMemo } from "react";
import { strings } from "../strings";
import styles from "./viewers.module.css";

interface ReadProps<T> {
  text: string;
  /** What the text should be, as people call it. */
  noun: string;
  /** Reads the text; throws what is wrong with it. */
  read: (text: string) => T;
  /** Shows the text when it cannot be read. */
  fallback: ReactNode;
  children: (found: T) => ReactNode;
}

/** Shows what a text says; the text itself, and what is wrong with it, when it cannot be read. */
export function Read<T>({ text, noun, read, fallback, children }: ReadProps<T>) {
  const found = useMemo((): { value: T } | { why: string } => {
    try {
      return { value: read(text) };
    } catch (problem) {
      return { why: problem instanceof Error ? problem.message : String(problem) };
    }
  }, [text, read]);
  if ("value" in found) return children(found.value);
  return (
    <div className={styles.fill}>
      <p className={styles.bar}>{strings.notValid(noun, found.why)}</p>
      <div className={styles.grow}>{fallback}</div>
    </div>
  );
}
