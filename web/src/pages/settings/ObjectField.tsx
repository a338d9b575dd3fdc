import { useId } from "react";
import { useExperimentsNamed } from "../../api/experiments";
import { useModelsNamed } from "../../api/models";
import { Field } from "../../components/Field";
import { strings } from "./permissionStrings";

const MOST = 50; // of each that are offered
const FOLDERS = ["folder:", "models:", "experiments:"];

interface ObjectFieldProps {
  label: string;
  hint: string;
  value: string;
  onChange: (value: string) => void;
}

/** An object's text, such as `model:wine`; what exists is offered, experiments by their names. */
export function ObjectField({ label, hint, value, onChange }: ObjectFieldProps) {
  const list = useId();
  const typed = value.slice(value.indexOf(":") + 1);
  // A number is an experiment's id, which no name needs to have.
  const named = /^\d+$/.test(typed) ? "" : typed.replace(/\/$/, "");
  const models = useModelsNamed(named, MOST).data?.registered_models ?? [];
  const experiments = useExperimentsNamed(named, MOST).data?.experiments ?? [];
  return (
    <Field label={label} hint={hint}>
      {(field) => (
        <>
          <input
            {...field}
            value={value}
            list={list}
            spellCheck={false}
            autoComplete="off"
            onChange={({ target }) => onChange(target.value)}
          />
          <datalist id={list}>
            {models.map(({ name }) => (
              <option key={name} value={`model:${name}`} />
            ))}
            {experiments.map(({ experiment_id, name }) => (
              <option key={experiment_id} value={`experiment:${experiment_id}`}>
                {name}
              </option>
            ))}
            {FOLDERS.map((folder) => (
              <option key={folder} value={folder}>
                {strings.list.everything}
              </option>
            ))}
          </datalist>
        </>
      )}
    </Field>
  );
}
