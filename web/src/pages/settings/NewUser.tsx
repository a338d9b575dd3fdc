import { type FormEvent, useId, useState } from "react";
import { useCreateUser } from "../../api/people";
import { Button } from "../../components/Button";
import { Dialog } from "../../components/Dialog";
import { ErrorNote } from "../../components/ErrorNote";
import { Check, Field } from "../../components/Field";
import { say } from "../../state/toasts";
import { strings as shell } from "../../strings";
import { PasswordField } from "./PasswordField";
import styles from "./Settings.module.css";
import { strings as all } from "./strings";

const strings = all.users;
type Kind = "person" | "service";

interface NewUserProps {
  /** Whether it is the first user, who is an admin. */
  first: boolean;
  onClose: () => void;
}

/** Makes a user: a person with a password, or a service account. */
export function NewUser({ first, onClose }: NewUserProps) {
  const [username, setName] = useState("");
  const [kind, setKind] = useState<Kind>("person");
  const [password, setPassword] = useState("");
  const [isAdmin, setAdmin] = useState(false);
  const create = useCreateUser();
  const form = useId();
  const person = kind === "person";
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const onSuccess = () => {
      say("good", strings.created(username));
      onClose();
    };
    create.mutate(
      { username, kind, password: person ? password : "", is_admin: isAdmin },
      { onSuccess },
    );
  };
  const actions = (
    <>
      <Button onClick={onClose}>{shell.cancel}</Button>
      <Button
        kind="primary"
        type="submit"
        form={form}
        disabled={!username || (person && !password) || create.isPending}
      >
        {first ? strings.first : strings.submit}
      </Button>
    </>
  );
  return (
    <Dialog title={first ? strings.first : strings.create} onClose={onClose} actions={actions}>
      {first && <p>{strings.firstText}</p>}
      <form id={form} className={styles.form} onSubmit={submit}>
        <Field label={strings.name} hint={strings.nameHint}>
          {(field) => (
            <input
              {...field}
              value={username}
              autoComplete="off"
              spellCheck={false}
              onChange={({ target }) => setName(target.value)}
            />
          )}
        </Field>
        {!first && (
          <Field label={strings.kind}>
            {(field) => (
              <select
                {...field}
                value={kind}
                onChange={({ target }) => setKind(target.value as Kind)}
              >
                {(["person", "service"] as const).map((one) => (
                  <option key={one} value={one}>
                    {strings.kinds[one]}
                  </option>
                ))}
              </select>
            )}
          </Field>
        )}
        {person && <PasswordField value={password} onChange={setPassword} />}
        {!first && (
          <Check checked={isAdmin} onChange={setAdmin}>
            {strings.isAdmin}
          </Check>
        )}
      </form>
      {create.isError && <ErrorNote title={strings.createFailed} problem={create.error} />}
    </Dialog>
  );
}
