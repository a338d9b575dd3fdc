import { useState } from "react";
import { type Trial, useApplyPolicy, useTrial } from "../../api/policies";
import type { PastMove, PolicyVersion } from "../../api/schema.gen";
import { Badge } from "../../components/Badge";
import { Button } from "../../components/Button";
import { ErrorNote } from "../../components/ErrorNote";
import { Field, LinesField } from "../../components/Field";
import { FormDialog, saying } from "../../components/FormDialog";
import { Table } from "../../components/Table";
import { Time } from "../../components/Time";
import { policyText } from "../../lib/policy";
import { strings as shell } from "../../strings";
import { BUILT_IN } from "./builtIn";
import styles from "./ModelSettings.module.css";
import { strings as all } from "./settingsStrings";

const strings = all.editor;
const SHOWN = 20; // moves that would have been blocked

interface PolicyEditorProps {
  name: string;
  policy: PolicyVersion;
  onClose: () => void;
}

/** The policy as a document: tried first, against the past too, and applied with a reason. */
export function PolicyEditor({ name, policy, onClose }: PolicyEditorProps) {
  const [document, setDocument] = useState(() => policyText(name, policy.policy ?? BUILT_IN));
  const [tried, setTried] = useState("");
  const [applying, setApplying] = useState(false);
  const trial = useTrial();
  const submit = () => {
    setTried(document);
    trial.mutate(document);
  };
  const good = trial.isSuccess && tried === document;
  // The dialog stands beside the form: it is one itself, and forms cannot be nested.
  return (
    <>
      <form
        className={styles.editor}
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <Field label={strings.document} hint={strings.hint}>
          {(field) => (
            <textarea
              {...field}
              className={`${field.className} ${styles.document}`}
              // biome-ignore lint/a11y/noAutofocus: the button that was pressed has gone
              autoFocus
              spellCheck={false}
              value={document}
              rows={Math.min(28, document.split("\n").length + 1)}
              onChange={({ target }) => setDocument(target.value)}
            />
          )}
        </Field>
        <div className={styles.buttons}>
          <Button type="submit" disabled={!document.trim() || trial.isPending}>
            {strings.try}
          </Button>
          <Button
            kind="primary"
            disabled={!good || trial.data?.change.unchanged}
            onClick={() => setApplying(true)}
          >
            {strings.apply}
          </Button>
          <Button kind="quiet" onClick={onClose}>
            {shell.cancel}
          </Button>
          {!good && <span className={styles.soft}>{strings.tryFirst}</span>}
        </div>
        {trial.isError && <ErrorNote title={strings.refused} problem={trial.error} />}
        {good && trial.data && <Outcome trial={trial.data} />}
      </form>
      {applying && (
        <ApplyDialog
          document={document}
          onClose={() => setApplying(false)}
          onDone={() => {
            setApplying(false);
            onClose();
          }}
        />
      )}
    </>
  );
}

/** What the policy would do now, and would have done in the past. */
function Outcome({ trial: { change, rehearsal } }: { trial: Trial }) {
  const moved = change.moved ?? [];
  const blocked = (rehearsal.moves ?? []).filter((move) => move.blocked);
  return (
    <section className={styles.part} aria-label={strings.outcome}>
      <div role="status">
        <p>{change.unchanged ? strings.unchanged : strings.good}</p>
        <p className={styles.strong}>{strings.blocked(rehearsal.blocked, rehearsal.total)}</p>
      </div>
      {moved.length > 0 && (
        <ul className={styles.list}>
          {moved.map((one) => (
            <li key={`${one.name} ${one.version}`}>
              {strings.moves(one.version, one.from_stage, one.to_stage)}
            </li>
          ))}
        </ul>
      )}
      {blocked.length > 0 && (
        <Table<PastMove>
          label={strings.past}
          heads={[
            { name: strings.version },
            { name: strings.move },
            { name: strings.by },
            { name: strings.lacked },
          ]}
          rows={blocked.slice(0, SHOWN)}
          rowKey={(move) => `${move.name} ${move.version} ${move.timestamp}`}
          cells={(move) => [
            move.version,
            <span key="m">
              {strings.fromTo(move.from_stage, move.to_stage)} <Time at={move.timestamp} />{" "}
              {move.emergency && <Badge tone="bad">{strings.emergency}</Badge>}
            </span>,
            move.user_id,
            (move.missing ?? []).join("; "),
          ]}
        />
      )}
      {(rehearsal.notes ?? []).map((note) => (
        <p key={note} className={styles.soft}>
          {note}
        </p>
      ))}
    </section>
  );
}

interface ApplyDialogProps {
  document: string;
  onClose: () => void;
  onDone: () => void;
}

function ApplyDialog({ document, onClose, onDone }: ApplyDialogProps) {
  const [reason, setReason] = useState("");
  const apply = useApplyPolicy();
  return (
    <FormDialog
      title={strings.applyTitle}
      submit={strings.apply}
      disabled={!reason.trim() || apply.isPending}
      onSubmit={() =>
        apply.mutate(
          { document, comment: reason.trim() },
          { onSuccess: saying(strings.applied, onDone) },
        )
      }
      onClose={onClose}
      failed={strings.refused}
      problem={apply.error}
    >
      <p>{strings.applyText}</p>
      <LinesField label={strings.reason} required value={reason} onChange={setReason} />
    </FormDialog>
  );
}
