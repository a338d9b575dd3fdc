import { short } from "../lib/number";
import { strings } from "../strings";
import styles from "./Away.module.css";

interface AwayProps {
  /** The metric less the one that it is held against; not 0. */
  by: number;
  isBetter: boolean;
  /** What it is held against, where the page does not say it beside. */
  against?: string;
}

/** How far a metric is from another, and whether that is good. */
export function Away({ by, isBetter, against }: AwayProps) {
  return (
    <span className={`num ${isBetter ? styles.better : styles.worse}`} title={against}>
      {by > 0 ? "+" : ""}
      {short(by)} {isBetter ? strings.better : strings.worse}
      {against && <span className="hidden"> {against}</span>}
    </span>
  );
}
