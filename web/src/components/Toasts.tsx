import { useStore } from "../state/store";
import { toasts, unsay } from "../state/toasts";
import { strings } from "../strings";
import { Button, IconButton } from "./Button";
import styles from "./Toasts.module.css";

/** What was just done, or failed; read aloud as well. */
export function Toasts() {
  const shown = useStore(toasts);
  return (
    <div className={styles.toasts} role="status" aria-live="polite">
      {shown.map((toast) => (
        <div key={toast.id} className={`${styles.toast} ${toast.kind === "bad" ? styles.bad : ""}`}>
          <div className={styles.text}>
            <p>{toast.text}</p>
            {toast.detail && <p className={styles.detail}>{toast.detail}</p>}
          </div>
          {toast.act && (
            <Button
              onClick={() => {
                unsay(toast.id);
                toast.act?.run();
              }}
            >
              {toast.act.label}
            </Button>
          )}
          <IconButton icon="close" label={strings.close} onClick={() => unsay(toast.id)} />
        </div>
      ))}
    </div>
  );
}
