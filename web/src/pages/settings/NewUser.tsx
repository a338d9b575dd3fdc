import { useState } from "react";
import { useCreateUser } from "../../api/people";
import { Check, Field, TextField } from "../../components/Field";
import { FormDialog, saying } from "../../components/FormDialog";
import { PasswordField } from "./PasswordField";
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
  const person = kind === "person";
  const submit = () => {
    const onSuccess = saying(strings.created(username), onClose);
    create.mutate(
      { username, kind, password: person ? password : "", is_admin: isAdmin },
      { onSuccess },
    );
  };
  return (
    <FormDialog
      title={first ? strings.first : strings.create}
      submit={first ? strings.first : strings.submit}
      disabled={!username || (person && !password) || create.isPending}
      onSubmit={submit}
      onClose={onClose}
      failed={strings.createFailed}
      problem={create.error}
    >
      {first && <p>{strings.firstText}</p>}
      <TextField
        label={strings.name}
        hint={strings.nameHint}
        value={username}
        spellCheck={false}
        onChange={setName}
      />
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
    </FormDialog>
  );
}
