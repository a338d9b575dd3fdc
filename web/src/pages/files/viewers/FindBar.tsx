import { type KeyboardEvent, type ReactNode, useRef } from "react";
import { IconButton } from "../../../components/Button";
import { SearchBox } from "../../../components/Field";
import { useKeys } from "../../../state/keys";
import { strings as shell } from "../../../strings";
import { strings } from "../strings";
import styles from "./viewers.module.css";

interface FindBarProps {
  value: string;
  onChange: (text: string) => void;
  /** How many lines have it, and which of them is shown; undefined while nothing is looked for. */
  status: string | undefined;
  /** Called to go to the next place, or to the one before. */
  onGo: (step: 1 | -1) => void;
  /** Whether `/` goes to the box. */
  slash?: boolean;
  children?: ReactNode;
}

/** A box to look for a text in what is below, with the way from place to place. */
export function FindBar({ value, onChange, status, onGo, slash, children }: FindBarProps) {
  const box = useRef<HTMLInputElement>(null);
  const { page, query } = { page: shell.keys.page, query: shell.keys.query };
  useKeys([
    ...(slash ? [{ keys: "/", label: query, group: page, run: () => box.current?.focus() }] : []),
    ...(status === undefined
      ? []
      : [
          { keys: "n", label: strings.next, group: page, run: () => onGo(1) },
          { keys: "N", label: strings.previous, group: page, run: () => onGo(-1) },
        ]),
  ]);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Escape" && value) onChange("");
    else if (event.key === "Enter") onGo(event.shiftKey ? -1 : 1);
    else return;
    event.preventDefault();
  };
  return (
    <search className={styles.bar}>
      <SearchBox
        ref={box}
        label={strings.findText}
        title={strings.findKeys}
        value={value}
        onChange={onChange}
        onKeyDown={onKeyDown}
      />
      {status !== undefined && (
        <>
          <span className="num" role="status">
            {status}
          </span>
          <IconButton icon="up" label={strings.previous} onClick={() => onGo(-1)} />
          <IconButton icon="down" label={strings.next} onClick={() => onGo(1)} />
        </>
      )}
      {children}
    </search>
  );
}
