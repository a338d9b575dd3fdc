import { type ReactNode, useId, useState } from "react";
import { Button } from "../../components/Button";
import { Dialog } from "../../components/Dialog";
import { ErrorNote } from "../../components/ErrorNote";
import { Field } from "../../components/Field";
import { say } from "../../state/toasts";
import { strings as shell } from "../../strings";
import styles from "./Settings.module.css";
import { strings } from "./strings";

interface ReasonDialogProps {
  title: string;
  text: ReactNode;
  /** What the button that acts says. */
  action: string;
  danger?: boolean;
  /** What must be typed first, and how it is asked for. */
  typed?: { value: string; label: string } | undefined;
  /** What failed, when it fails; and what is said when it is done. */
  failed: string;
  done: string;
  run: (comment: string) => Promise<unknown>;
  onClose: () => void;
}

/** Asks before something that is hard to undo, and why it is done. */
export function ReasonDialog(props: ReasonDialogProps) {
  const { title, text, action, danger, typed, failed, done, run, onClose } = props;
  const [reason, setReason] = useState("");
  const [name, setName] = useState("");
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<unknown>();
  const form = useId();
  const act = async () => {
    setBusy(true);
    setProblem(undefined);
    try {
      await run(reason.trim());
      say("good", done);
      onClose();
    } catch (found) {
      setProblem(found);
      setBusy(false);
    }
  };
  const actions = (
    <>
      <Button onClick={onClose}>{shell.cancel}</Button>
      <Button
        kind={danger ? "danger" : "primary"}
        type="submit"
        form={form}
        disabled={busy || (typed !== undefined && name !== typed.value)}
      >
        {action}
      </Button>
    </>
  );
  return (
    <Dialog title={title} onClose={onClose} actions={actions}>
      <p>{text}</p>
      <form
        id={form}
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          void act();
        }}
      >
        {typed && (
          <Field label={typed.label}>
            {(field) => (
              <input
                {...field}
                value={name}
                autoComplete="off"
                onChange={({ target }) => setName(target.value)}
              />
            )}
          </Field>
        )}
        <Field label={strings.why}>
          {(field) => (
            <textarea
              {...field}
              value={reason}
              onChange={({ target }) => setReason(target.value)}
            />
          )}
        </Field>
      </form>
      {problem !== undefined && <ErrorNote title={failed} problem={problem} />}
    </Dialog>
  );
}
