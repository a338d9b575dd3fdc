import { useState } from "react";
import { Button } from "../../components/Button";
import { Check, Field } from "../../components/Field";
import { newPassword } from "../../lib/secret";
import styles from "./Settings.module.css";
import { strings as all } from "./strings";

const strings = all.users;

interface PasswordFieldProps {
  value: string;
  onChange: (value: string) => void;
}

/** A new password: typed, or suggested and shown. */
export function PasswordField({ value, onChange }: PasswordFieldProps) {
  const [shown, setShown] = useState(false);
  const suggest = () => {
    onChange(newPassword());
    setShown(true);
  };
  return (
    <>
      <Field label={strings.password} hint={strings.passwordHint}>
        {(field) => (
          <input
            {...field}
            type={shown ? "text" : "password"}
            autoComplete="new-password"
            value={value}
            onChange={({ target }) => onChange(target.value)}
          />
        )}
      </Field>
      <div className={styles.marks}>
        <Check checked={shown} onChange={setShown}>
          {strings.show}
        </Check>
        <Button onClick={suggest}>{strings.suggest}</Button>
      </div>
    </>
  );
}
