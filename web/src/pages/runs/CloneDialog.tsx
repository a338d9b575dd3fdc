import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { call } from "../../api/client";
import { then } from "../../api/edits";
import type { ShownRun } from "../../api/runs";
import { forkRun } from "../../api/schema.gen";
import { EditDialog } from "../../components/EditDialog";
import { Check, TextField } from "../../components/Field";
import { strings as all } from "./strings";

const strings = all.clone;

/** Begins a run with another's params, tags and metrics, up to a step. */
export function CloneDialog({ run, onClose }: { run: ShownRun; onClose: () => void }) {
  const { run_id, run_name } = run.info;
  const last = Math.max(0, run.lastStep);
  const [name, setName] = useState(strings.nameOf(run_name || run_id.slice(0, 8)));
  const [step, setStep] = useState(String(last));
  const [artifacts, setArtifacts] = useState(true);
  const navigate = useNavigate();
  const clone = async () => {
    const asked = { run_id, step: Number(step), run_name: name.trim(), artifacts };
    const made = (await call(forkRun, asked)).run.info.run_id;
    await then(navigate({ to: "/runs/$runId", params: { runId: made } }), "runs");
  };
  return (
    <EditDialog
      title={strings.title}
      submit={strings.submit}
      disabled={!name.trim() || !/^-?\d+$/.test(step.trim())}
      failed={strings.failed}
      said={strings.done}
      save={clone}
      onClose={onClose}
    >
      <p>{strings.text}</p>
      <TextField label={all.acts.name} value={name} onChange={setName} />
      <TextField
        label={strings.step}
        hint={strings.stepHint(last)}
        inputMode="numeric"
        value={step}
        onChange={setStep}
      />
      <Check checked={artifacts} onChange={setArtifacts}>
        {strings.files}
      </Check>
    </EditDialog>
  );
}
