import { useState } from "react";
import { strings as all } from "../strings";
import { IconButton } from "./Button";
import { EditDialog } from "./EditDialog";
import { LinesField, TextField } from "./Field";
import { KeyTable } from "./KeyTable";
import styles from "./KeyTable.module.css";
import { ReasonButton } from "./ReasonButton";
import { Value } from "./Value";

const strings = all.tags;

interface Tag {
  key: string;
  value?: string;
}

interface TagsPanelProps {
  tags: readonly Tag[];
  none: string;
  /** Why they cannot be changed. */
  why: string | undefined;
  set: (key: string, value: string) => Promise<unknown>;
  remove: (key: string) => Promise<unknown>;
}

/** The tags of something, which are set, changed and taken away here. */
export function TagsPanel({ tags, none, why, set, remove }: TagsPanelProps) {
  const [editing, setEditing] = useState<Tag>();
  const [leaving, setLeaving] = useState("");
  const act = (
    <ReasonButton kind="quiet" why={why} onClick={() => setEditing({ key: "" })}>
      {strings.add}
    </ReasonButton>
  );
  return (
    <>
      <KeyTable
        title={strings.title}
        none={none}
        items={tags}
        actions={act}
        heads={[
          { name: strings.key },
          { name: strings.value },
          { name: strings.actions, align: "right" },
        ]}
        cells={(tag) => [
          tag.key,
          <Value key="v" text={tag.value} />,
          <span key="a" className={styles.acts}>
            <IconButton
              icon="edit"
              label={strings.edit(tag.key)}
              disabled={Boolean(why)}
              onClick={() => setEditing(tag)}
            />
            <IconButton
              icon="close"
              label={strings.remove(tag.key)}
              disabled={Boolean(why)}
              onClick={() => setLeaving(tag.key)}
            />
          </span>,
        ]}
      />
      {editing && <TagEdit tag={editing} set={set} onClose={() => setEditing(undefined)} />}
      {leaving && (
        <EditDialog
          title={strings.removeTitle(leaving)}
          submit={strings.removeIt}
          danger
          failed={strings.failed}
          save={() => remove(leaving)}
          onClose={() => setLeaving("")}
        >
          <p>{strings.removeText}</p>
        </EditDialog>
      )}
    </>
  );
}

interface TagEditProps {
  tag: Tag;
  set: (key: string, value: string) => Promise<unknown>;
  onClose: () => void;
}

function TagEdit({ tag, set, onClose }: TagEditProps) {
  const [key, setKey] = useState(tag.key);
  const [value, setValue] = useState(tag.value ?? "");
  return (
    <EditDialog
      title={tag.key ? strings.editTitle(tag.key) : strings.add}
      disabled={!key}
      failed={strings.failed}
      save={() => set(key, value)}
      onClose={onClose}
    >
      {!tag.key && <TextField label={strings.key} value={key} onChange={setKey} />}
      <LinesField label={strings.value} value={value} onChange={setValue} rows={3} />
    </EditDialog>
  );
}
