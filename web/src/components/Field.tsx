import {
  type InputHTMLAttributes,
  type ReactNode,
  type Ref,
  type TextareaHTMLAttributes,
  useId,
} from "react";
import styles from "./Field.module.css";
import { Icon } from "./Icon";

interface FieldProps {
  label: string;
  hint?: string;
  problem?: string | undefined;
  children: (props: {
    id: string;
    className: string;
    "aria-describedby": string | undefined;
    "aria-invalid": boolean;
  }) => ReactNode;
}

/** A label, an input and what to know about it; spread the given props into the input. */
export function Field({ label, hint, problem, children }: FieldProps) {
  const id = useId();
  const said = problem || hint;
  return (
    <div className={styles.field}>
      <label className={styles.label} htmlFor={id}>
        {label}
      </label>
      {children({
        id,
        className: styles.input ?? "",
        "aria-describedby": said ? `${id}-said` : undefined,
        "aria-invalid": Boolean(problem),
      })}
      {said && (
        <p id={`${id}-said`} className={problem ? styles.problem : styles.hint}>
          {said}
        </p>
      )}
    </div>
  );
}

interface TextFieldProps extends Omit<InputHTMLAttributes<HTMLInputElement>, "onChange"> {
  label: string;
  hint?: string;
  value: string;
  onChange: (value: string) => void;
}

/** A line of text, which the browser does not complete. */
export function TextField({ label, hint, onChange, ...rest }: TextFieldProps) {
  return (
    <Field label={label} {...(hint ? { hint } : {})}>
      {(field) => (
        <input
          autoComplete="off"
          {...rest}
          {...field}
          onChange={({ target }) => onChange(target.value)}
        />
      )}
    </Field>
  );
}

interface LinesFieldProps extends Omit<TextareaHTMLAttributes<HTMLTextAreaElement>, "onChange"> {
  label: string;
  hint?: string;
  value: string;
  onChange: (value: string) => void;
}

/** Lines of text. */
export function LinesField({ label, hint, onChange, ...rest }: LinesFieldProps) {
  return (
    <Field label={label} {...(hint ? { hint } : {})}>
      {(field) => (
        <textarea {...rest} {...field} onChange={({ target }) => onChange(target.value)} />
      )}
    </Field>
  );
}

interface CheckProps {
  checked: boolean;
  onChange: (checked: boolean) => void;
  children: ReactNode;
}

export function Check({ checked, onChange, children }: CheckProps) {
  return (
    <label className={styles.check}>
      <input type="checkbox" checked={checked} onChange={(e) => onChange(e.target.checked)} />
      <span>{children}</span>
    </label>
  );
}

interface SearchBoxProps extends Omit<InputHTMLAttributes<HTMLInputElement>, "onChange"> {
  label: string;
  value: string;
  onChange: (value: string) => void;
  ref?: Ref<HTMLInputElement>;
}

/** An input with a magnifying glass. */
export function SearchBox({ label, value, onChange, ...rest }: SearchBoxProps) {
  return (
    <div className={styles.search}>
      <Icon name="search" />
      <input
        type="search"
        aria-label={label}
        placeholder={label}
        className={styles.input}
        value={value}
        spellCheck={false}
        autoComplete="off"
        onChange={(e) => onChange(e.target.value)}
        {...rest}
      />
    </div>
  );
}
