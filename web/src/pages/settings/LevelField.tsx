import type { Level } from "../../api/grants";
import { Field } from "../../components/Field";
import { strings } from "./permissionStrings";

interface LevelFieldProps<T extends Level> {
  label: string;
  value: T;
  levels: readonly T[];
  onChange: (level: T) => void;
}

/** A level, with what it means. */
export function LevelField<T extends Level>(props: LevelFieldProps<T>) {
  const { label, value, levels, onChange } = props;
  return (
    <Field label={label} hint={strings.levels[value]}>
      {(field) => (
        <select {...field} value={value} onChange={({ target }) => onChange(target.value as T)}>
          {levels.map((level) => (
            <option key={level}>{level}</option>
          ))}
        </select>
      )}
    </Field>
  );
}
