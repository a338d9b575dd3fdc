import { short } from "../lib/number";
import { strings } from "../strings";
import styles from "./Away.module.css";

interface AwayProps {
  /** The metric less the one that it is held against; not 0. */
  by: number;
  isBetter: boolean;
  /** What it is held against, where the page does not say it beside. */
  against?: string;
  /** Whether there is no room for the word: a mark stands for it then. */
  isNarrow?: boolean;
}

/** How far a metric is from another, and whether that is good. */
export function Away({ by, isBetter, against, isNarrow }: AwayProps) {
  const word = isBetter ? strings.better : strings.worse;
  return (
    <span className={`num ${isBetter ? styles.better : styles.worse}`} title={against ?? word}>
      {by > 0 ? "+" : ""}
      {short(by)}{" "}
      {isNarrow ? (
        <>
          <span aria-hidden>{isBetter ? "✓" : "✗"}</span>
          <span className="hidden">{word}</span>
        </>
      ) : (
        word
      )}
      {against && <span className="hidden"> {against}</span>}
    </span>
  );
}
