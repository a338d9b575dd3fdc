import { useState } from "react";
import { strings } from "../strings";
import { EditDialog } from "./EditDialog";
import { Check, LinesField, TextField } from "./Field";

interface RemoveDialogProps {
  title: string;
  /** What goes with it. */
  text: string;
  /** What must be typed first, so that nothing else is deleted by mistake. */
  typed: string;
  /** What deleting by force means; it cannot be forced without. */
  force?: string | undefined;
  failed: string;
  said: string;
  remove: (comment: string, force: boolean) => Promise<unknown>;
  onClose: () => void;
}

/** Asks for the name and the reason before something is deleted for good. */
export function RemoveDialog(props: RemoveDialogProps) {
  const [name, setName] = useState("");
  const [reason, setReason] = useState("");
  const [forced, setForced] = useState(false);
  const comment = reason.trim();
  return (
    <EditDialog
      title={props.title}
      submit={strings.remove}
      danger
      disabled={!comment || name !== props.typed}
      failed={props.failed}
      said={props.said}
      save={() => props.remove(comment, forced)}
      onClose={props.onClose}
    >
      <p>{props.text}</p>
      <TextField label={strings.typeName(props.typed)} value={name} onChange={setName} />
      <LinesField label={strings.reason} rows={3} value={reason} onChange={setReason} required />
      {props.force && (
        <Check checked={forced} onChange={setForced}>
          {props.force}
        </Check>
      )}
    </EditDialog>
  );
}
