import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { call } from "../../api/client";
import { NOTE, then } from "../../api/edits";
import { runQuery } from "../../api/runs";
import { setTag, updateRun } from "../../api/schema.gen";
import { TextDialog } from "../../components/EditDialog";
import { say } from "../../state/toasts";
import { tagOf } from "../runs/facts";
import { strings } from "./strings";

const texts = strings.edits;

export const saveName = (run_id: string, run_name: string) =>
  then(call(updateRun, { run_id, run_name }), "run", "runs");

export const saveTag = (run_id: string, key: string, value: string) =>
  then(call(setTag, { run_id, key, value }), "run", "runs");

interface DialogProps {
  runId: string;
  onClose: () => void;
}

/** A dialog in which a run is named. */
export function NameDialog({ runId, onClose }: DialogProps) {
  const run = useLoaded(runId, onClose);
  if (!run) return null;
  return (
    <TextDialog
      title={texts.renameTitle}
      label={texts.nameLabel}
      text={run.info.run_name ?? ""}
      failed={texts.failed}
      save={(name) => saveName(runId, name)}
      onClose={onClose}
    />
  );
}

/** A dialog in which a tag of a run is written, such as its note; it may have several lines. */
export function TextTagDialog({ runId, tag, onClose }: DialogProps & { tag: string }) {
  const run = useLoaded(runId, onClose);
  if (!run) return null;
  const note = tag === NOTE;
  return (
    <TextDialog
      title={note ? texts.note : texts.tagTitle(tag)}
      label={note ? texts.noteLabel : tag}
      {...(note && { hint: texts.noteHint })}
      text={tagOf(run, tag)}
      lines
      empty
      failed={texts.failed}
      save={(value) => saveTag(runId, tag, value)}
      onClose={onClose}
    />
  );
}

/** A run once it is read; what is shown of it in a table is no more than that. */
function useLoaded(runId: string, onClose: () => void) {
  const { data, error } = useQuery(runQuery(runId));
  // biome-ignore lint/correctness/useExhaustiveDependencies: a failure is said once
  useEffect(() => {
    if (!error || data) return;
    say("bad", texts.readFailed, error.message);
    onClose();
  }, [error, data]);
  return data;
}
