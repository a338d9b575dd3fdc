import styles from "./Swatch.module.css";

/** The colour of a line, beside its name. */
export function Swatch({ colour, dashed }: { colour: string; dashed?: boolean }) {
  return (
    <span
      className={`${styles.swatch} ${dashed ? styles.dashed : ""}`}
      style={{ color: `var(${colour})` }}
    />
  );
}
