import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { explanationQuery, type Level, useGrant } from "../../api/grants";
import { useRights } from "../../api/session";
import { LinesField, TextField } from "../../components/Field";
import { FormDialog, saying } from "../../components/FormDialog";
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

interface GiveDialogProps {
  /** The object, where it is the page's; else it is asked for. */
  on?: string;
  onClose: () => void;
}

/** Gives a user or a group a level on an object that one manages. */
export function GiveDialog({ on, onClose }: GiveDialogProps) {
  const { admin } = useRights();
  const [subject, setSubject] = useState("");
  const [level, setLevel] = useState<Level>("CAN_READ");
  const [object, setObject] = useState(on ?? "");
  const [stage, setStage] = useState("");
  const [comment, setComment] = useState("");
  const give = useGrant();
  const whole = OBJECT.test(object);
  const mine = useQuery({
    ...explanationQuery({ object, permission: "CAN_MANAGE" }),
    enabled: whole && !admin,
  });
  const refused = !admin && mine.data?.allowed === false ? mine.data.because : undefined;
  const allowed = admin || mine.data?.allowed === true;
  const submit = () => {
    const onSuccess = saying(strings.given, onClose);
    give.mutate({ object, ...whose(subject), permission: level, stage, comment }, { onSuccess });
  };
  return (
    <FormDialog
      title={on ? strings.titleOn(on) : strings.title}
      submit={strings.submit}
      disabled={!whole || !subject.trim() || !allowed || give.isPending}
      why={whole ? refused : undefined}
      onSubmit={submit}
      onClose={onClose}
      failed={strings.failed}
      problem={give.error}
    >
      <WhoseField label={strings.whose} value={subject} onChange={setSubject} />
      <LevelField label={strings.level} value={level} levels={GIVEN} onChange={setLevel} />
      {on === undefined && (
        <ObjectField
          label={strings.object}
          hint={all.explain.objectHint}
          value={object}
          onChange={setObject}
        />
      )}
      <TextField label={strings.stage} hint={strings.stageHint} value={stage} onChange={setStage} />
      <LinesField label={settings.why} value={comment} onChange={setComment} />
      {whole && refused && <p className={styles.no}>{refused}</p>}
    </FormDialog>
  );
}
