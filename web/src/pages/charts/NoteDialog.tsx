import { useState } from "react";
import { LinesField } from "../../components/Field";
import { FormDialog } from "../../components/FormDialog";
import { MOST_TEXT } from "./cards";
import { strings } from "./strings";

interface NoteDialogProps {
  text: string;
  onSave: (text: string) => void;
  onClose: () => void;
}

/** A dialog in which the text of a card is written. */
export function NoteDialog({ text, onSave, onClose }: NoteDialogProps) {
  const [written, setWritten] = useState(text);
  return (
    <FormDialog
      title={text ? strings.cards.editNote : strings.cards.addNote}
      submit={text ? strings.cards.save : strings.cards.add}
      why={written.trim().length > MOST_TEXT ? strings.cards.tooLong(MOST_TEXT) : undefined}
      disabled={!written.trim()}
      onSubmit={() => {
        onSave(written.trim());
        onClose();
      }}
      onClose={onClose}
      failed=""
      problem={null}
    >
      <LinesField
        label={strings.cards.text}
        hint={strings.cards.textHint}
        value={written}
        onChange={setWritten}
      />
    </FormDialog>
  );
}
