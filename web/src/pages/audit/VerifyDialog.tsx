import { useState } from "react";
import { Dialog } from "../../components/Dialog";
import { Field } from "../../components/Field";
import { Proof } from "./Proof";
import { proof as strings } from "./strings";

/** Proves any event, the newest unless another is named. */
export function VerifyDialog({ newest, onClose }: { newest: number; onClose: () => void }) {
  const [sequence, setSequence] = useState(newest);
  return (
    <Dialog title={strings.title} onClose={onClose} wide>
      <Field label={strings.which}>
        {(field) => (
          <input
            {...field}
            type="number"
            min={1}
            value={sequence || ""}
            onChange={({ target }) =>
              setSequence(Math.max(0, Math.trunc(target.valueAsNumber)) || 0)
            }
          />
        )}
      </Field>
      {sequence > 0 && <Proof sequence={sequence} />}
    </Dialog>
  );
}
