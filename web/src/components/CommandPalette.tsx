import { type KeyboardEvent, useEffect, useId, useRef, useState } from "react";
import { strings } from "../strings";
import styles from "./CommandPalette.module.css";
import { type Command, useCommands } from "./commands";
import { Icon } from "./Icon";

/** Goes anywhere and does anything, by a few letters of its name. */
export function CommandPalette({ onClose }: { onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [typed, setTyped] = useState("");
  const [chosen, setChosen] = useState(0);
  const id = useId();
  const found = useCommands(typed);
  const current = Math.min(chosen, found.length - 1);
  useEffect(() => {
    const element = dialog.current;
    const from = document.activeElement;
    element?.showModal();
    return () => {
      element?.close();
      if (from instanceof HTMLElement) from.focus();
    };
  }, []);
  useEffect(() => {
    document.getElementById(`${id}-${current}`)?.scrollIntoView({ block: "nearest" });
  }, [id, current]);
  const run = (command: Command | undefined) => {
    if (!command) return;
    onClose();
    command.run();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      setChosen((current + step + found.length) % Math.max(found.length, 1));
    } else if (event.key === "Enter") {
      event.preventDefault();
      run(found[current]);
    }
  };
  return (
    <dialog
      ref={dialog}
      className={styles.palette}
      aria-label={strings.palette.title}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onKeyDown={onKeyDown}
      onClick={(event) => event.target === dialog.current && onClose()}
    >
      <input
        className={styles.input}
        role="combobox"
        aria-label={strings.palette.placeholder}
        aria-expanded="true"
        aria-controls={`${id}-list`}
        aria-activedescendant={found.length ? `${id}-${current}` : undefined}
        placeholder={strings.palette.placeholder}
        spellCheck={false}
        autoComplete="off"
        value={typed}
        onChange={(event) => {
          setTyped(event.target.value);
          setChosen(0);
        }}
      />
      <div
        className={styles.list}
        id={`${id}-list`}
        role="listbox"
        aria-label={strings.palette.title}
      >
        {found.map((command, i) => (
          <PaletteItem
            key={`${command.group} ${command.name} ${command.keys ?? ""}`}
            id={`${id}-${i}`}
            command={command}
            heading={command.group !== found[i - 1]?.group}
            selected={i === current}
            onPoint={() => setChosen(i)}
            onRun={() => run(command)}
          />
        ))}
        {!found.length && <p className={styles.none}>{strings.palette.none}</p>}
      </div>
    </dialog>
  );
}

interface PaletteItemProps {
  id: string;
  command: Command;
  heading: boolean;
  selected: boolean;
  onPoint: () => void;
  onRun: () => void;
}

function PaletteItem({ id, command, heading, selected, onPoint, onRun }: PaletteItemProps) {
  return (
    <>
      {heading && (
        <div className={styles.group} role="presentation">
          {command.group}
        </div>
      )}
      {/* biome-ignore lint/a11y: the input keeps the focus and handles the keys */}
      <div
        id={id}
        className={styles.item}
        role="option"
        aria-selected={selected}
        onMouseMove={onPoint}
        onClick={onRun}
      >
        <Icon name={command.icon} />
        <span>{command.name}</span>
        {command.keys && <kbd>{command.keys}</kbd>}
      </div>
    </>
  );
}
