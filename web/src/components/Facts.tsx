import type { ReactNode } from "react";
import styles from "./Facts.module.css";

interface FactsProps {
  items: readonly (readonly [string, ReactNode])[];
  /** Whether they stand beside each other, each value below its name. */
  across?: boolean;
}

/** Names and values; those whose value is absent are left out. */
export function Facts({ items, across = false }: FactsProps) {
  return (
    <dl className={across ? styles.across : styles.facts}>
      {items
        .filter(([, value]) => value || value === 0)
        .map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  );
}
