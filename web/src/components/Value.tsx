import { useState } from "react";
import { say } from "../state/toasts";
import { strings } from "../strings";
import { Button } from "./Button";
import { CopyButton } from "./CopyButton";
import styles from "./Value.module.css";

interface ValueProps {
  text: string | undefined;
  /** Reads all of a text of which this is the beginning. */
  whole?: (() => Promise<string>) | undefined;
}

/** A value as somebody wrote it, and a button that copies it; that one shows when it is needed. */
export function Value({ text, whole }: ValueProps) {
  const [read, setRead] = useState<string>();
  if (!text) return <code>{text}</code>;
  const cut = whole !== undefined && read === undefined;
  const show = () =>
    void whole?.().then(setRead, (problem: Error) =>
      say("bad", strings.wholeFailed, problem.message),
    );
  return (
    <span className={styles.value}>
      <code>
        {read ?? text}
        {cut && "…"}
        {cut && (
          <span className={styles.whole}>
            <Button kind="quiet" onClick={show}>
              {strings.whole}
            </Button>
          </span>
        )}
      </code>
      <span className={styles.copy}>
        <CopyButton value={cut ? whole : (read ?? text)} />
      </span>
    </span>
  );
}
