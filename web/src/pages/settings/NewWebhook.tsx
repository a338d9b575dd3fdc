import { useState } from "react";
import { useStewardship } from "../../api/grants";
import { useModelsNamed } from "../../api/models";
import { useRights } from "../../api/session";
import { useCreateHook } from "../../api/webhooks";
import { Check, Field, TextField } from "../../components/Field";
import { FormDialog } from "../../components/FormDialog";
import { newSecret } from "../../lib/secret";
import { say } from "../../state/toasts";
import { EventChoice } from "./EventChoice";
import { HeaderRows, useHeaderRows } from "./HeaderRows";
import { HookSecret } from "./HookSecret";
import { strings } from "./webhookStrings";

const MOST = 1000; // models that are offered

interface NewWebhookProps {
  /** The model that it is about, where that is the page's; else it is asked for. */
  about?: string;
  onClose: () => void;
}

/** Makes a webhook of our own form, and shows its secret once. */
export function NewWebhook({ about: given, onClose }: NewWebhookProps) {
  const { admin } = useRights();
  const manages = useStewardship();
  const models = useModelsNamed("", MOST, given === undefined).data?.registered_models ?? [];
  const [url, setUrl] = useState("");
  const [name, setName] = useState("");
  const [model, setModel] = useState(given ?? "");
  const [actions, setActions] = useState<readonly string[]>(["version.transitioned"]);
  const [authorization, setAuthorization] = useState("");
  const headers = useHeaderRows([]);
  const [signed, setSigned] = useState(true);
  const [secret, setSecret] = useState<string>();
  const create = useCreateHook();
  const ready = url && (given !== undefined || (manages.models && (admin || model)));
  const submit = () => {
    if (!headers.check()) return;
    const made = signed ? newSecret() : "";
    const about = { ...(model && { model }), ...(headers.headers && { headers: headers.headers }) };
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
  if (secret) return <HookSecret title={strings.made} secret={secret} onClose={onClose} />;
  return (
    <FormDialog
      title={given ? strings.createOf(given) : strings.create}
      submit={strings.submit}
      disabled={!ready || create.isPending}
      onSubmit={submit}
      onClose={onClose}
      failed={strings.createFailed}
      problem={create.error}
    >
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
      <TextField label={strings.name} value={name} maxLength={200} onChange={setName} />
      {given === undefined && (
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
      )}
      <EventChoice chosen={actions} onChoose={setActions} />
      <TextField
        label={strings.authorization}
        hint={strings.authorizationHint}
        type="password"
        value={authorization}
        onChange={setAuthorization}
      />
      <HeaderRows {...headers} />
      <Check checked={signed} onChange={setSigned}>
        {strings.signed}
      </Check>
    </FormDialog>
  );
}
