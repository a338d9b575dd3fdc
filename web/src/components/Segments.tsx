import { useId } from "react";
import styles from "./Segments.module.css";

interface SegmentsProps<T extends string> {
  label: string;
  value: T;
  choices: readonly (readonly [T, string])[];
  onChoose: (value: T) => void;
}

/** A few choices beside each other, of which one holds. */
export function Segments<T extends string>(props: SegmentsProps<T>) {
  const { label, value, choices, onChoose } = props;
  const name = useId();
  return (
    <fieldset className={styles.segments}>
      <legend className="hidden">{label}</legend>
      {choices.map(([key, text]) => (
        <label key={key}>
          <input type="radio" name={name} checked={key === value} onChange={() => onChoose(key)} />
          <span>{text}</span>
        </label>
      ))}
    </fieldset>
  );
}

interface SwitchProps {
  on: boolean;
  onChange: (on: boolean) => void;
  title?: string;
  children: string;
}

/** A button that stays down while something is on. */
export function Switch({ on, onChange, title, children }: SwitchProps) {
  return (
    <button
      type="button"
      className={styles.switch}
      aria-pressed={on}
      title={title}
      onClick={() => onChange(!on)}
    >
      {children}
    </button>
  );
}
