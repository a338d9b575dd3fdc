import { useState } from "react";
import type { Hook } from "../../api/schema.gen";
import { useEditHook } from "../../api/webhooks";
import { Check, LinesField, TextField } from "../../components/Field";
import { FormDialog, saying } from "../../components/FormDialog";
import { movesAway } from "../../lib/hookHeaders";
import { EventChoice } from "./EventChoice";
import { FORM_EVENTS } from "./formEvents";
import { HeaderRows, useHeaderRows } from "./HeaderRows";
import styles from "./Settings.module.css";
import { strings as all } from "./strings";
import { strings } from "./webhookStrings";

/** Changes what a webhook is called, where it calls and what it tells of; never shows a secret. */
export function EditWebhook({ hook, onClose }: { hook: Hook; onClose: () => void }) {
  const { form } = hook;
  const [url, setUrl] = useState(hook.url);
  const [name, setName] = useState(hook.name ?? "");
  const [description, setDescription] = useState(hook.description ?? "");
  const [actions, setActions] = useState<readonly string[]>(hook.actions ?? []);
  const [credentials, setCredentials] = useState("");
  const [bare, setBare] = useState(false);
  const rows = useHeaderRows(hook.header_names ?? [], movesAway(hook.url, url));
  const [comment, setComment] = useState("");
  const edit = useEditHook();
  const offered = FORM_EVENTS[form];
  const submit = () => {
    if (!rows.check()) return;
    const { headers } = rows;
    const authorization = bare ? "" : credentials || undefined;
    edit.mutate(
      { hook, url, name, description, actions, authorization, headers, comment: comment.trim() },
      { onSuccess: saying(strings.edited, onClose) },
    );
  };
  return (
    <FormDialog
      title={strings.editTitle}
      submit={strings.editSubmit}
      disabled={!url || (offered !== undefined && !actions.length) || edit.isPending}
      onSubmit={submit}
      onClose={onClose}
      failed={strings.editFailed}
      problem={edit.error}
    >
      <TextField
        label={strings.url}
        hint={strings.urlHint}
        value={url}
        spellCheck={false}
        onChange={(text) => setUrl(text.trim())}
      />
      {form !== "databricks" && (
        <TextField label={strings.name} value={name} maxLength={200} onChange={setName} />
      )}
      <LinesField
        label={strings.description}
        value={description}
        rows={2}
        onChange={setDescription}
      />
      {offered ? (
        <fieldset className={styles.set}>
          <legend>{strings.events}</legend>
          <div className={styles.checks}>
            {offered.map((event) => (
              <Check
                key={event}
                checked={actions.includes(event)}
                onChange={(on) =>
                  setActions(on ? [...actions, event] : actions.filter((one) => one !== event))
                }
              >
                {event}
              </Check>
            ))}
          </div>
        </fieldset>
      ) : (
        <EventChoice chosen={actions} onChoose={setActions} />
      )}
      {form !== "mlflow" && (
        <TextField
          label={strings.authorization}
          hint={hook.authorized ? strings.authorizationKept : strings.authorizationHint}
          type="password"
          value={bare ? "" : credentials}
          disabled={bare}
          onChange={setCredentials}
        />
      )}
      {form !== "mlflow" && hook.authorized && (
        <Check checked={bare} onChange={setBare}>
          {strings.authorizationNone}
        </Check>
      )}
      {form === "cuvee" && <HeaderRows {...rows} />}
      <LinesField label={all.why} value={comment} onChange={setComment} />
    </FormDialog>
  );
}
