import { useState } from "react";
import { useCreateGroup, useUpdateGroup } from "../../api/people";
import type { Group } from "../../api/schema.gen";
import { LinesField, TextField } from "../../components/Field";
import { FormDialog, saying } from "../../components/FormDialog";
import { strings as all } from "./strings";

const strings = all.groups;

/** Makes a group, or renames and describes one. */
export function GroupDialog({ group, onClose }: { group?: Group; onClose: () => void }) {
  const [name, setName] = useState(group?.name ?? "");
  const [description, setDescription] = useState(group?.description ?? "");
  const create = useCreateGroup();
  const update = useUpdateGroup();
  const problem = create.error ?? update.error;
  const submit = () => {
    const onSuccess = saying(group ? strings.saved(name) : strings.created(name), onClose);
    if (!group) create.mutate({ name, description }, { onSuccess });
    else {
      const renamed = name === group.name ? {} : { new_name: name };
      update.mutate({ name: group.name, description, ...renamed }, { onSuccess });
    }
  };
  const title = group ? strings.editTitle(group.name) : strings.create;
  return (
    <FormDialog
      title={title}
      submit={group ? strings.save : strings.submit}
      disabled={!name || create.isPending || update.isPending}
      onSubmit={submit}
      onClose={onClose}
      failed={group ? strings.editFailed : strings.createFailed}
      problem={problem}
    >
      <TextField label={strings.name} value={name} onChange={setName} />
      <LinesField label={strings.description} value={description} onChange={setDescription} />
    </FormDialog>
  );
}
