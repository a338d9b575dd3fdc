import { type ReactNode, useState } from "react";
import { LinesField, TextField } from "../../components/Field";
import { FormDialog } from "../../components/FormDialog";
import { say } from "../../state/toasts";
import { strings as all } from "../../strings";
import { strings } from "./strings";

interface ReasonDialogProps {
  title: string;
  text: ReactNode;
  /** What the button that acts says. */
  action: string;
  danger?: boolean;
  /** What must be typed first. */
  typed?: string | undefined;
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
  return (
    <FormDialog
      title={title}
      submit={action}
      disabled={busy || (typed !== undefined && name !== typed)}
      danger={danger}
      onSubmit={() => void act()}
      onClose={onClose}
      failed={failed}
      problem={problem}
    >
      <p>{text}</p>
      {typed && <TextField label={all.typeName(typed)} value={name} onChange={setName} />}
      <LinesField label={strings.why} value={reason} onChange={setReason} />
    </FormDialog>
  );
}
