import { type FormEvent, useId, useState } from "react";
import { useStewardship } from "../../api/grants";
import { useModelsNamed } from "../../api/models";
import { useRights } from "../../api/session";
import { useCreateHook } from "../../api/webhooks";
import { Button } from "../../components/Button";
import { Dialog } from "../../components/Dialog";
import { ErrorNote } from "../../components/ErrorNote";
import { Check, Field } from "../../components/Field";
import { newSecret } from "../../lib/secret";
import { say } from "../../state/toasts";
import { strings as shell } from "../../strings";
import { EventChoice } from "./EventChoice";
import { SecretDialog } from "./SecretDialog";
import styles from "./Settings.module.css";
import { strings } from "./webhookStrings";

const MOST = 1000; // models that are offered

/** Makes a webhook of our own form, and shows its secret once. */
export function NewWebhook({ onClose }: { onClose: () => void }) {
  const { admin } = useRights();
  const manages = useStewardship();
  const models = useModelsNamed("", MOST).data?.registered_models ?? [];
  const [url, setUrl] = useState("");
  const [name, setName] = useState("");
  const [model, setModel] = useState("");
  const [actions, setActions] = useState<readonly string[]>(["version.transitioned"]);
  const [authorization, setAuthorization] = useState("");
  const [signed, setSigned] = useState(true);
  const [secret, setSecret] = useState<string>();
  const create = useCreateHook();
  const form = useId();
  const ready = url && manages.models && (admin || model);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const made = signed ? newSecret() : "";
    const about = model ? { model } : {};
    create.mutate(
      { url, name, actions: [...actions], authorization, secret: made, ...about },
      {
        onSuccess: () => {
          say("good", strings.made);
          if (made) setSecret(made);
          else onClose();
        },
      },
    );
  };
  if (secret) {
    return (
      <SecretDialog
        title={strings.made}
        label={strings.secretLabel}
        text={strings.secretText}
        secret={secret}
        stored={strings.stored}
        onClose={onClose}
      />
    );
  }
  const buttons = (
    <>
      <Button onClick={onClose}>{shell.cancel}</Button>
      <Button kind="primary" type="submit" form={form} disabled={!ready || create.isPending}>
        {strings.submit}
      </Button>
    </>
  );
  return (
    <Dialog title={strings.create} onClose={onClose} actions={buttons}>
      <form id={form} className={styles.form} onSubmit={submit}>
        <Field label={strings.url} hint={strings.urlHint}>
          {(field) => (
            <input
              {...field}
              value={url}
              spellCheck={false}
              autoComplete="off"
              onChange={({ target }) => setUrl(target.value.trim())}
            />
          )}
        </Field>
        <Field label={strings.name}>
          {(field) => (
            <input
              {...field}
              value={name}
              maxLength={200}
              autoComplete="off"
              onChange={({ target }) => setName(target.value)}
            />
          )}
        </Field>
        <Field label={strings.model} hint={admin ? strings.modelHint : strings.notManaged}>
          {(field) => (
            <select {...field} value={model} onChange={({ target }) => setModel(target.value)}>
              <option value="" disabled={!admin}>
                {strings.modelAll}
              </option>
              {models.map((one) => (
                <option key={one.name}>{one.name}</option>
              ))}
            </select>
          )}
        </Field>
        <EventChoice chosen={actions} onChoose={setActions} />
        <Field label={strings.authorization} hint={strings.authorizationHint}>
          {(field) => (
            <input
              {...field}
              type="password"
              value={authorization}
              autoComplete="off"
              onChange={({ target }) => setAuthorization(target.value)}
            />
          )}
        </Field>
        <Check checked={signed} onChange={setSigned}>
          {strings.signed}
        </Check>
      </form>
      {create.isError && <ErrorNote title={strings.createFailed} problem={create.error} />}
    </Dialog>
  );
}
