import { type KeyboardEvent, type ReactNode, useRef, useState } from "react";
import { NOTE } from "../../api/edits";
import { useWhyNot } from "../../api/grants";
import type { TableRow } from "../../api/runGroups";
import type { Column } from "../../components/DataGrid";
import type { RunRow } from "../../lib/table";
import { say } from "../../state/toasts";
import { keyName, NAME } from "../runs/columns";
import styles from "./Experiment.module.css";
import { saveName, saveTag, TextTagDialog } from "./RunTexts";
import { strings } from "./strings";

const texts = strings.edits;

/** What is edited: the name of a run, or a tag, in the column of which it is. */
interface Edited {
  readonly row: RunRow;
  readonly column: string;
}

/** Editing of names and tags where they stand in the table; of what has lines, in a dialog. */
export function useEditing(experimentId: string, deleted: boolean) {
  const [edited, setEdited] = useState<Edited>();
  const noEdit = useWhyNot(`experiment:${experimentId}`, "CAN_EDIT");
  const close = () => setEdited(undefined);
  const begin = (row: TableRow, at: string) => {
    if ("group" in row) return;
    const why = deleted ? texts.isDeleted : noEdit;
    if (why) say("bad", texts.failed, why);
    else setEdited({ row, column: at.startsWith("tags.") ? at : NAME });
  };
  const tag = edited && edited.column !== NAME ? keyName(edited.column) : undefined;
  const text = !edited ? "" : tag ? String(edited.row.values.get(edited.column) ?? "") : "";
  const cut = edited?.row.cut?.has(edited.column) ?? false;
  const long = tag !== undefined && (tag === NOTE || cut || text.includes("\n"));
  const dialog: ReactNode = edited && long && (
    <TextTagDialog runId={edited.row.id} tag={tag} onClose={close} />
  );
  const within = (columns: readonly Column<TableRow>[]): readonly Column<TableRow>[] => {
    if (!edited || long) return columns;
    const { id, name } = edited.row;
    const editor = (
      <CellEditor
        label={tag ? texts.tag(tag, name) : texts.name(name)}
        text={tag ? text : name}
        save={(next) => (tag ? saveTag(id, tag, next) : saveName(id, next))}
        empty={tag !== undefined}
        onClose={close}
      />
    );
    return columns.map((column) =>
      column.id === edited.column
        ? { ...column, cell: (row) => (row.id === id ? editor : column.cell(row)) }
        : column,
    );
  };
  return { begin, within, dialog };
}

interface CellEditorProps {
  label: string;
  text: string;
  save: (text: string) => Promise<unknown>;
  /** Whether it may be empty. */
  empty: boolean;
  onClose: () => void;
}

/** A field in a cell: Enter keeps what is written, so does leaving it; Escape does not. */
function CellEditor({ label, text, save, empty, onClose }: CellEditorProps) {
  const [value, setValue] = useState(text);
  const [saving, setSaving] = useState(false);
  const ended = useRef(false);
  const end = async (keeps: boolean) => {
    if (ended.current) return; // leaving the field follows on either key
    ended.current = true;
    if (!keeps || value === text || !(empty || value.trim())) return onClose();
    setSaving(true);
    try {
      await save(value);
    } catch (problem) {
      say("bad", texts.failed, problem instanceof Error ? problem.message : undefined);
    }
    onClose();
  };
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    event.stopPropagation(); // the grid moves by the same keys
    if (event.key !== "Enter" && event.key !== "Escape") return;
    event.preventDefault();
    const cell = event.currentTarget.closest<HTMLElement>("[data-row]");
    void end(event.key === "Enter");
    cell?.focus({ preventScroll: true });
  };
  return (
    <input
      // biome-ignore lint/a11y/noAutofocus: the key that opens it means to write
      autoFocus
      className={styles.editor}
      aria-label={label}
      value={value}
      readOnly={saving}
      onFocus={(event) => event.currentTarget.select()}
      onChange={(event) => setValue(event.target.value)}
      onKeyDown={onKeyDown}
      onBlur={() => void end(true)}
      onDoubleClick={(event) => event.stopPropagation()}
    />
  );
}
