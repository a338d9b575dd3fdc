import { useState } from "react";
import { TextField } from "../../components/Field";
import { FormDialog } from "../../components/FormDialog";
import { Segments } from "../../components/Segments";
import type { Bulk } from "./bulk";
import { strings } from "./strings";

interface TagDialogProps {
  ids: readonly string[];
  bulk: Bulk;
  onClose: () => void;
}

/** Sets a tag of many runs, or takes it from them. */
export function TagDialog({ ids, bulk, onClose }: TagDialogProps) {
  const [act, setAct] = useState<"set" | "remove">("set");
  const [key, setKey] = useState("");
  const [value, setValue] = useState("");
  const submit = () => {
    void (act === "set" ? bulk.setTag(ids, key, value) : bulk.deleteTag(ids, key));
    onClose();
  };
  return (
    <FormDialog
      title={strings.bulk.tagTitle(ids.length)}
      submit={act === "set" ? strings.bulk.set : strings.bulk.remove}
      disabled={!key}
      onSubmit={submit}
      onClose={onClose}
      failed=""
      problem={null}
    >
      <Segments
        label={strings.bulk.act}
        value={act}
        choices={[
          ["set", strings.bulk.set],
          ["remove", strings.bulk.remove],
        ]}
        onChoose={setAct}
      />
      <TextField label={strings.bulk.key} value={key} onChange={setKey} data-first />
      {act === "set" && <TextField label={strings.bulk.value} value={value} onChange={setValue} />}
    </FormDialog>
  );
}
