import { type ReactNode, useId } from "react";
import type { Compared, PartProps } from "./Compare";
import styles from "./Compare.module.css";
import { strings } from "./strings";

interface OtherProps extends PartProps {
  children: (first: Compared, other: Compared) => ReactNode;
}

/** What is shown of the first run and one of the others, which can be chosen. */
export function Other({ runs, search, onChange, children }: OtherProps) {
  const id = useId();
  const [first, ...others] = runs;
  const other = others.find(({ run }) => run.info.run_id === search.with) ?? others[0];
  if (!first || !other) return null;
  return (
    <>
      {others.length > 1 && (
        <label className={styles.choice} htmlFor={id}>
          {strings.with(first.name)}
          <select
            id={id}
            value={other.run.info.run_id}
            onChange={(event) => onChange({ with: event.target.value })}
          >
            {others.map(({ run, name }) => (
              <option key={run.info.run_id} value={run.info.run_id}>
                {name}
              </option>
            ))}
          </select>
        </label>
      )}
      {children(first, other)}
    </>
  );
}
