import { type ReactNode, useId } from "react";
import { say } from "../state/toasts";
import { strings } from "../strings";
import { Button } from "./Button";
import { Dialog } from "./Dialog";
import styles from "./Dialog.module.css";
import { ErrorNote } from "./ErrorNote";
import { ReasonButton } from "./ReasonButton";

interface FormDialogProps {
  title: string;
  /** What the button that acts says. */
  submit: string;
  danger?: boolean | undefined;
  disabled?: boolean | undefined;
  /** Why it cannot be pressed. */
  why?: string | undefined;
  onSubmit: () => void;
  onClose: () => void;
  /** What has failed, when something has. */
  failed: string;
  problem: unknown;
  children: ReactNode;
}

/** A dialog that is one form: Enter and its button do the same, and a refusal stands below. */
export function FormDialog(props: FormDialogProps) {
  const { title, submit, danger, disabled, why, onSubmit, onClose, failed, problem } = props;
  const form = useId();
  const actions = (
    <>
      <Button onClick={onClose}>{strings.cancel}</Button>
      <ReasonButton
        kind={danger ? "danger" : "primary"}
        type="submit"
        form={form}
        why={why}
        disabled={disabled}
      >
        {submit}
      </ReasonButton>
    </>
  );
  return (
    <Dialog title={title} onClose={onClose} actions={actions}>
      <form
        id={form}
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          if (!why) onSubmit();
        }}
      >
        {props.children}
      </form>
      {problem != null && <ErrorNote title={failed} problem={problem} />}
    </Dialog>
  );
}

/** Return what says that something is done, and closes the dialog. */
export function saying(text: string, onClose: () => void): () => void {
  return () => {
    say("good", text);
    onClose();
  };
}
