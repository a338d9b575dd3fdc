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
  /** Whether it takes all the room that there is. */
  full?: boolean;
  children: ReactNode;
}

/** What had the focus; of an item of a menu, which goes away, the button that opened the menu. */
function opener(): HTMLElement | null {
  const active = document.activeElement;
  const menu = active?.closest("[role=menu]");
  const button = menu && document.getElementById(menu.getAttribute("aria-labelledby") ?? "");
  return button ?? (active instanceof HTMLElement ? active : null);
}

const FIELDS = ["input", "textarea", "select"].map((one) => `${one}:enabled`).join();

/** Where writing begins: the first field, of a group of choices the one that holds. */
function firstField(body: HTMLElement): HTMLElement | null {
  const first = body.querySelector<HTMLInputElement>(FIELDS);
  if (first?.type !== "radio") return first;
  return body.querySelector<HTMLElement>(`[name="${CSS.escape(first.name)}"]:checked`) ?? first;
}

/** A modal dialog; Escape closes it, and the focus goes back to where it came from. */
export function Dialog({ title, onClose, actions, wide, full, children }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const id = useId();
  useEffect(() => {
    const element = dialog.current;
    const from = opener();
    element?.showModal(); // which would leave the focus on the button that closes it
    const body = content.current;
    const first = element?.querySelector<HTMLElement>("[data-first]");
    if (body && !body.contains(document.activeElement)) (first ?? firstField(body))?.focus();
    return () => {
      element?.close();
      from?.focus();
    };
  }, []);
  return (
    <dialog
      ref={dialog}
      aria-labelledby={id}
      className={`${styles.dialog} ${full ? styles.full : wide ? styles.wide : ""}`}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
    >
      <div className={styles.head}>
        <h2 id={id}>{title}</h2>
        <IconButton icon="close" label={strings.close} onClick={onClose} />
      </div>
      <div ref={content} className={styles.body}>
        {children}
      </div>
      {actions && <div className={styles.foot}>{actions}</div>}
    </dialog>
  );
}
