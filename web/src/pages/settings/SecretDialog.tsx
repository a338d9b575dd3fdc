import { Button } from "../../components/Button";
import { Code } from "../../components/Code";
import { Dialog } from "../../components/Dialog";
import styles from "./Settings.module.css";

interface SecretDialogProps {
  title: string;
  label: string;
  text: string;
  secret: string;
  stored: string;
  onClose: () => void;
}

/** Shows a secret, this once: with the dialog it leaves the page. */
export function SecretDialog({ title, label, text, secret, stored, onClose }: SecretDialogProps) {
  const actions = (
    <Button kind="primary" onClick={onClose}>
      {stored}
    </Button>
  );
  return (
    <Dialog title={title} onClose={onClose} actions={actions}>
      <p>{text}</p>
      <div className={styles.form}>
        <Code label={label} text={secret} />
      </div>
    </Dialog>
  );
}
