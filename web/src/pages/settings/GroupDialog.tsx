import { type FormEvent, useId, useState } from "react";
import { useCreateGroup, useUpdateGroup } from "../../api/people";
import type { Group } from "../../api/schema.gen";
import { Button } from "../../components/Button";
import { Dialog } from "../../components/Dialog";
import { ErrorNote } from "../../components/ErrorNote";
import { Field } from "../../components/Field";
import { say } from "../../state/toasts";
import { strings as shell } from "../../strings";
import styles from "./Settings.module.css";
import { strings as all } from "./strings";

const strings = all.groups;

/** Makes a group, or renames and describes one. */
export function GroupDialog({ group, onClose }: { group?: Group; onClose: () => void }) {
  const [name, setName] = useState(group?.name ?? "");
  const [description, setDescription] = useState(group?.description ?? "");
  const create = useCreateGroup();
  const update = useUpdateGroup();
  const form = useId();
  const problem = create.error ?? update.error;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const onSuccess = () => {
      say("good", group ? strings.saved(name) : strings.created(name));
      onClose();
    };
    if (!group) create.mutate({ name, description }, { onSuccess });
    else {
      const renamed = name === group.name ? {} : { new_name: name };
      update.mutate({ name: group.name, description, ...renamed }, { onSuccess });
    }
  };
  const actions = (
    <>
      <Button onClick={onClose}>{shell.cancel}</Button>
      <Button
        kind="primary"
        type="submit"
        form={form}
        disabled={!name || create.isPending || update.isPending}
      >
        {group ? strings.save : strings.submit}
      </Button>
    </>
  );
  const title = group ? strings.editTitle(group.name) : strings.create;
  return (
    <Dialog title={title} onClose={onClose} actions={actions}>
      <form id={form} className={styles.form} onSubmit={submit}>
        <Field label={strings.name}>
          {(field) => (
            <input
              {...field}
              value={name}
              autoComplete="off"
              onChange={({ target }) => setName(target.value)}
            />
          )}
        </Field>
        <Field label={strings.description}>
          {(field) => (
            <textarea
              {...field}
              value={description}
              onChange={({ target }) => setDescription(target.value)}
            />
          )}
        </Field>
      </form>
      {problem && (
        <ErrorNote title={group ? strings.editFailed : strings.createFailed} problem={problem} />
      )}
    </Dialog>
  );
}
