import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useId, useState } from "react";
import { explanationQuery, type Level, useGrant } from "../../api/grants";
import { useRights } from "../../api/session";
import { Button } from "../../components/Button";
import { Dialog } from "../../components/Dialog";
import { ErrorNote } from "../../components/ErrorNote";
import { Field } from "../../components/Field";
import { say } from "../../state/toasts";
import { strings as shell } from "../../strings";
import { WhoseField, whose } from "./Grants";
import { LevelField } from "./LevelField";
import { ObjectField } from "./ObjectField";
import { strings as all } from "./permissionStrings";
import { LEVELS } from "./route";
import styles from "./Settings.module.css";
import { strings as settings } from "./strings";

const strings = all.give;
const GIVEN: readonly Level[] = [...LEVELS, "DENY"];
const OBJECT = /^(folder|models|experiments):(.*\/)?$|^(model|experiment):./;

/** Gives a user or a group a level on an object that one manages. */
export function GiveDialog({ onClose }: { onClose: () => void }) {
  const { admin } = useRights();
  const [subject, setSubject] = useState("");
  const [level, setLevel] = useState<Level>("CAN_READ");
  const [object, setObject] = useState("");
  const [stage, setStage] = useState("");
  const [comment, setComment] = useState("");
  const give = useGrant();
  const form = useId();
  const whole = OBJECT.test(object);
  const mine = useQuery({
    ...explanationQuery({ object, permission: "CAN_MANAGE" }),
    enabled: whole && !admin,
  });
  const refused = !admin && mine.data?.allowed === false ? mine.data.because : undefined;
  const allowed = admin || mine.data?.allowed === true;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const onSuccess = () => {
      say("good", strings.given);
      onClose();
    };
    give.mutate({ object, ...whose(subject), permission: level, stage, comment }, { onSuccess });
  };
  const actions = (
    <>
      <Button onClick={onClose}>{shell.cancel}</Button>
      <Button
        kind="primary"
        type="submit"
        form={form}
        why={whole ? refused : undefined}
        disabled={!whole || !subject.trim() || !allowed || give.isPending}
      >
        {strings.submit}
      </Button>
    </>
  );
  return (
    <Dialog title={strings.title} onClose={onClose} actions={actions}>
      <form id={form} className={styles.form} onSubmit={submit}>
        <WhoseField label={strings.whose} value={subject} onChange={setSubject} />
        <LevelField label={strings.level} value={level} levels={GIVEN} onChange={setLevel} />
        <ObjectField
          label={strings.object}
          hint={all.explain.objectHint}
          value={object}
          onChange={setObject}
        />
        <Field label={strings.stage} hint={strings.stageHint}>
          {(field) => (
            <input
              {...field}
              value={stage}
              autoComplete="off"
              onChange={({ target }) => setStage(target.value)}
            />
          )}
        </Field>
        <Field label={settings.why}>
          {(field) => (
            <textarea
              {...field}
              value={comment}
              onChange={({ target }) => setComment(target.value)}
            />
          )}
        </Field>
      </form>
      {whole && refused && <p className={styles.no}>{refused}</p>}
      {give.isError && <ErrorNote title={strings.failed} problem={give.error} />}
    </Dialog>
  );
}
