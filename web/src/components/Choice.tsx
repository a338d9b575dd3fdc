import { useId } from "react";
import styles from "./Choice.module.css";

export interface ChoiceOption {
  readonly value: string;
  readonly text: string;
}

export interface ChoiceGroup {
  /** What the options are; they stand by themselves without it. */
  readonly label?: string;
  readonly options: readonly ChoiceOption[];
}

interface ChoiceProps {
  label: string;
  value: string;
  groups: readonly ChoiceGroup[];
  onChoose: (value: string) => void;
}

/** One of many, chosen from a list; beside it what it is for. */
export function Choice({ label, value, groups, onChoose }: ChoiceProps) {
  const id = useId();
  return (
    <div className={styles.choice}>
      <label htmlFor={id}>{label}</label>
      <select id={id} value={value} onChange={(event) => onChoose(event.target.value)}>
        {groups.map((group) => {
          const options = group.options.map((option) => (
            <option key={option.value} value={option.value}>
              {option.text}
            </option>
          ));
          if (!options.length || group.label === undefined) return options;
          return (
            <optgroup key={group.label} label={group.label}>
              {options}
            </optgroup>
          );
        })}
      </select>
    </div>
  );
}
