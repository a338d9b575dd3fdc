import { type FormEvent, useId, useState } from "react";
import { useSetPassword } from "../../api/people";
import type { User } from "../../api/schema.gen";
import { Button } from "../../components/Button";
import { Dialog } from "../../components/Dialog";
import { ErrorNote } from "../../components/ErrorNote";
import { Field } from "../../components/Field";
import { say } from "../../state/toasts";
import { strings as shell } from "../../strings";
import { PasswordField } from "./PasswordField";
import styles from "./Settings.module.css";
import { strings as all } from "./strings";

const strings = all.users;

interface PasswordDialogProps {
  user: User;
  self: boolean;
  onClose: () => void;
}

/** Sets a password; for one's own the current one is needed. */
export function PasswordDialog({ user, self, onClose }: PasswordDialogProps) {
  const { username } = user;
  const [current, setCurrent] = useState("");
  const [password, setPassword] = useState("");
  const set = useSetPassword();
  const form = useId();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const onSuccess = () => {
      say("good", strings.passwordSet(username));
      onClose();
    };
    set.mutate({ username, password, current_password: current }, { onSuccess });
  };
  const actions = (
    <>
      <Button onClick={onClose}>{shell.cancel}</Button>
      <Button
        kind="primary"
        type="submit"
        form={form}
        disabled={!password || (self && !current) || set.isPending}
      >
        {strings.passwordSubmit}
      </Button>
    </>
  );
  return (
    <Dialog title={strings.passwordTitle(username)} onClose={onClose} actions={actions}>
      <p>{strings.passwordText}</p>
      <form id={form} className={styles.form} onSubmit={submit}>
        {self && (
          <Field label={strings.current}>
            {(field) => (
              <input
                {...field}
                type="password"
                autoComplete="current-password"
                value={current}
                onChange={({ target }) => setCurrent(target.value)}
              />
            )}
          </Field>
        )}
        <PasswordField value={password} onChange={setPassword} />
      </form>
      {set.isError && <ErrorNote title={strings.passwordFailed} problem={set.error} />}
    </Dialog>
  );
}
