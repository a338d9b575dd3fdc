import { useState } from "react";
import { useUsers } from "../../api/people";
import { useRights } from "../../api/session";
import { type NewTokenRequest, useCreateToken } from "../../api/tokens";
import { Field, TextField } from "../../components/Field";
import { FormDialog } from "../../components/FormDialog";
import { SecretDialog } from "./SecretDialog";
import { strings as all } from "./strings";

const strings = all.tokens;
const DAYS = [1, 7, 30, 90, 365] as const;
type Scopes = NonNullable<NewTokenRequest["scopes"]>;

/** Makes a token, and shows it once. */
export function NewToken({ onClose }: { onClose: () => void }) {
  const { admin, name: me } = useRights();
  const users = useUsers().data ?? [];
  const services = admin ? users.filter(({ kind }) => kind === "service") : [];
  const [name, setName] = useState("");
  const [username, setUsername] = useState("");
  const [scopes, setScopes] = useState("");
  const [days, setDays] = useState(90);
  const create = useCreateToken();
  const submit = () => {
    const limits = scopes ? (scopes.split(" ") as Scopes) : [];
    create.mutate({ name: name.trim(), username, scopes: limits, lifetime_days: days });
  };
  if (create.data) {
    return (
      <SecretDialog
        title={strings.made}
        label={strings.secret}
        text={strings.secretText}
        secret={create.data.secret}
        stored={strings.stored}
        onClose={onClose}
      />
    );
  }
  return (
    <FormDialog
      title={strings.create}
      submit={strings.submit}
      disabled={!name.trim() || create.isPending}
      onSubmit={submit}
      onClose={onClose}
      failed={strings.createFailed}
      problem={create.error}
    >
      <TextField
        label={strings.name}
        hint={strings.nameHint}
        value={name}
        maxLength={256}
        onChange={setName}
      />
      {services.length > 0 && (
        <Field label={strings.whom} hint={strings.whomHint}>
          {(field) => (
            <select
              {...field}
              value={username}
              onChange={({ target }) => setUsername(target.value)}
            >
              <option value="">{strings.me(me)}</option>
              {services.map((user) => (
                <option key={user.username} value={user.username}>
                  {strings.service(user.username)}
                </option>
              ))}
            </select>
          )}
        </Field>
      )}
      <Field label={strings.scope} hint={strings.scopesHint}>
        {(field) => (
          <select {...field} value={scopes} onChange={({ target }) => setScopes(target.value)}>
            {Object.entries(strings.scopes).map(([key, text]) => (
              <option key={key} value={key}>
                {text}
              </option>
            ))}
          </select>
        )}
      </Field>
      <Field label={strings.ends}>
        {(field) => (
          <select {...field} value={days} onChange={({ target }) => setDays(Number(target.value))}>
            {DAYS.map((number) => (
              <option key={number} value={number}>
                {strings.days(number)}
              </option>
            ))}
          </select>
        )}
      </Field>
    </FormDialog>
  );
}
