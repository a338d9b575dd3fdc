import { useMutation } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { say } from "../state/toasts";
import { strings } from "../strings";
import { LinesField, TextField } from "./Field";
import { FormDialog } from "./FormDialog";

interface EditDialogProps {
  title: string;
  /** What the button that acts says. */
  submit?: string;
  danger?: boolean;
  disabled?: boolean;
  /** Why it cannot be done. */
  why?: string | undefined;
  /** What has failed, when something has. */
  failed: string;
  /** What is said when it is done. */
  said?: string;
  save: () => Promise<unknown>;
  onClose: () => void;
  children: ReactNode;
}

/** A dialog that changes one thing; it stays open, and says why, when that is refused. */
export function EditDialog(props: EditDialogProps) {
  const { title, submit, danger, disabled, why, failed, said, save, onClose, children } = props;
  const saving = useMutation({
    mutationFn: save,
    onSuccess: () => {
      if (said) say("good", said);
      onClose();
    },
  });
  return (
    <FormDialog
      title={title}
      submit={submit ?? strings.save}
      danger={danger}
      why={why}
      disabled={disabled || saving.isPending}
      onSubmit={() => saving.mutate()}
      onClose={onClose}
      failed={failed}
      problem={saving.error}
    >
      {children}
    </FormDialog>
  );
}

interface TextDialogProps {
  title: string;
  label: string;
  hint?: string;
  /** The text as it stands. */
  text: string;
  /** Whether it may have several lines. */
  lines?: boolean;
  /** Whether it may be empty. */
  empty?: boolean;
  failed: string;
  save: (text: string) => Promise<unknown>;
  onClose: () => void;
}

/** A dialog in which one text is written. */
export function TextDialog(props: TextDialogProps) {
  const { title, label, hint, lines, empty, failed, save, onClose } = props;
  const [text, setText] = useState(props.text);
  const field = { label, value: text, onChange: setText, ...(hint ? { hint } : {}) };
  return (
    <EditDialog
      title={title}
      disabled={!empty && !text.trim()}
      failed={failed}
      save={() => save(text)}
      onClose={onClose}
    >
      {lines ? <LinesField rows={6} {...field} /> : <TextField {...field} />}
    </EditDialog>
  );
}
