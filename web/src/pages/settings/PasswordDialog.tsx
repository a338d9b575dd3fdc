import { useState } from "react";
import { useSetPassword } from "../../api/people";
import type { User } from "../../api/schema.gen";
import { TextField } from "../../components/Field";
import { FormDialog, saying } from "../../components/FormDialog";
import { PasswordField } from "./PasswordField";
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
  const submit = () => {
    const onSuccess = saying(strings.passwordSet(username), onClose);
    set.mutate({ username, password, current_password: current }, { onSuccess });
  };
  return (
    <FormDialog
      title={strings.passwordTitle(username)}
      submit={strings.passwordSubmit}
      disabled={!password || (self && !current) || set.isPending}
      onSubmit={submit}
      onClose={onClose}
      failed={strings.passwordFailed}
      problem={set.error}
    >
      <p>{strings.passwordText}</p>
      {self && (
        <TextField
          label={strings.current}
          type="password"
          autoComplete="current-password"
          value={current}
          onChange={setCurrent}
        />
      )}
      <PasswordField value={password} onChange={setPassword} />
    </FormDialog>
  );
}
