import { type ReactNode, useEffect, useId, useRef } from "react";
import { strings } from "../strings";
import { IconButton } from "./Button";
import styles from "./Dialog.module.css";

interface DialogProps {
  title: string;
  onClose: () => void;
  /** Buttons, the one that acts last. */
  actions?: ReactNode;
  wide?: boolean;
  children: ReactNode;
}

/** What had the focus; of an item of a menu, which goes away, the button that opened the menu. */
function opener(): HTMLElement | null {
  const active = document.activeElement;
  const menu = active?.closest("[role=menu]");
  const button = menu && document.getElementById(menu.getAttribute("aria-labelledby") ?? "");
  return button ?? (active instanceof HTMLElement ? active : null);
}

/** A modal dialog; Escape closes it, and the focus goes back to where it came from. */
export function Dialog({ title, onClose, actions, wide, children }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const element = dialog.current;
    const from = opener();
    element?.showModal();
    element?.querySelector<HTMLElement>("[data-first]")?.focus();
    return () => {
      element?.close();
      from?.focus();
    };
  }, []);
  return (
    <dialog
      ref={dialog}
      aria-labelledby={id}
      className={`${styles.dialog} ${wide ? styles.wide : ""}`}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
    >
      <div className={styles.head}>
        <h2 id={id}>{title}</h2>
        <IconButton icon="close" label={strings.close} onClick={onClose} />
      </div>
      <div className={styles.body}>{children}</div>
      {actions && <div className={styles.foot}>{actions}</div>}
    </dialog>
  );
}
