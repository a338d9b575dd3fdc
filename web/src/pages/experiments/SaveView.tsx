import { useState } from "react";
import { TextField } from "../../components/Field";
import { FormDialog } from "../../components/FormDialog";
import { Segments } from "../../components/Segments";
import { strings } from "./strings";

interface SaveViewProps {
  /** Why it cannot be kept for all. */
  why: string | undefined;
  /** Keeps the view, or throws. */
  onSave: (name: string, forAll: boolean) => Promise<void>;
  onClose: () => void;
}

/** Gives the view that is shown a name, and says for whom it is kept. */
export function SaveView({ why, onSave, onClose }: SaveViewProps) {
  const [name, setName] = useState("");
  const [whose, setWhose] = useState<"mine" | "all">("mine");
  const [problem, setProblem] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const save = async () => {
    setBusy(true);
    try {
      await onSave(name.trim(), whose === "all");
      onClose();
    } catch (failure) {
      setProblem(failure);
      setBusy(false);
    }
  };
  return (
    <FormDialog
      title={strings.views.save}
      submit={strings.views.keep}
      disabled={!name.trim() || busy}
      why={whose === "all" ? why : undefined}
      onSubmit={() => void save()}
      onClose={onClose}
      failed={strings.views.notSaved}
      problem={problem}
    >
      <TextField label={strings.views.name} value={name} onChange={setName} data-first />
      <Segments
        label={strings.views.whose}
        value={whose}
        choices={[
          ["mine", strings.views.mine],
          ["all", strings.views.all],
        ]}
        onChoose={setWhose}
      />
      <p>{whose === "all" ? (why ?? strings.views.hintAll) : strings.views.hint}</p>
    </FormDialog>
  );
}
