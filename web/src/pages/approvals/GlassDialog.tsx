import { useState } from "react";
import type { TransitionRequest } from "../../api/schema.gen";
import { useTransition } from "../../api/versions";
import { Check, LinesField } from "../../components/Field";
import { FormDialog, saying } from "../../components/FormDialog";
import { strings as texts } from "./emergencyStrings";
import { strings } from "./strings";

interface GlassDialogProps {
  request: TransitionRequest;
  /** Whether the stage may be held by many versions. */
  many: boolean;
  /** Where the present holder goes. */
  former: string;
  onClose: () => void;
}

/** Moves a version past its review in an emergency; says what that opens, and why it is done. */
export function GlassDialog({ request, many, former, onClose }: GlassDialogProps) {
  const [reason, setReason] = useState("");
  const [archive, setArchive] = useState(true);
  const move = useTransition();
  const { name = "", version = "", to_stage: stage, holder = "" } = request;
  const submit = () =>
    move.mutate(
      {
        name,
        version,
        stage,
        comment: reason.trim(),
        break_glass: true,
        archive_existing_versions: many && archive && holder !== "",
        expected_holder: holder,
      },
      { onSuccess: saying(strings.movedToast(version, stage), onClose) },
    );
  return (
    <FormDialog
      title={texts.breakTitle(version, stage)}
      submit={texts.break}
      danger
      disabled={!reason.trim() || move.isPending}
      onSubmit={submit}
      onClose={onClose}
      failed={strings.notDone}
      problem={move.error}
    >
      <p>{texts.opens}</p>
      {holder && !many && <p>{strings.leaves(holder, former)}</p>}
      <LinesField
        label={strings.reason}
        hint={texts.reasonHint}
        required
        value={reason}
        onChange={setReason}
      />
      {holder && many && (
        <Check checked={archive} onChange={setArchive}>
          {strings.archive(holder)}
        </Check>
      )}
    </FormDialog>
  );
}
