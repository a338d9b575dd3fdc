import { Link } from "@tanstack/react-router";
import { useState } from "react";
import type { CheckResult, ModelVersion, Stage, TransitionRequest } from "../../api/schema.gen";
import { useSession } from "../../api/session";
import { useExplanation, useTransition, useTransitionRequest } from "../../api/versions";
import { Badge, StageBadge, type Tone } from "../../components/Badge";
import { Facts } from "../../components/Facts";
import { Check, LinesField } from "../../components/Field";
import { FormDialog } from "../../components/FormDialog";
import { Loaded } from "../../components/Loaded";
import { say } from "../../state/toasts";
import { Glass } from "./Glass";
import { Missing } from "./Missing";
import styles from "./MoveDialog.module.css";
import { strings } from "./strings";

interface MoveDialogProps {
  name: string;
  version: ModelVersion;
  stage: string;
  /** The versions that are in the stage now. */
  held: readonly ModelVersion[];
  /** What the model's policy says about the stage; nothing about None and Archived. */
  policy: Stage | undefined;
  /** The open requests of the version. */
  requests: readonly TransitionRequest[];
  onClose: () => void;
}

const TONES: Record<CheckResult["state"], Tone> = {
  passed: "good",
  failed: "bad",
  unknown: "warn",
};

/** Moves a version to a stage, or asks for it; says why, and what happens to who is there. */
export function MoveDialog(props: MoveDialogProps) {
  const { name, version, stage, held, policy, requests, onClose } = props;
  const [reason, setReason] = useState("");
  const [archive, setArchive] = useState(true);
  const [glass, setGlass] = useState(false);
  const explanation = useExplanation(name, version.version, stage);
  const move = useTransition();
  const request = useTransitionRequest();
  const resting = stage === "None" || stage === "Archived";
  const one = policy?.holders === "one";
  const refused = explanation.data?.refused ?? "";
  const lacks =
    refused !== "" || (explanation.data?.gated === true && explanation.data.state !== "allowed");
  const breaks = glass && explanation.data?.break_glass === true;
  const asks = lacks && !breaks;
  const me = useSession().data?.username;
  const mine = asks && requests.find((r) => r.to_stage === stage && r.user_id === me);
  const numbers = held.map((v) => v.version).join(", ");
  const newest = held.reduce((most, v) => Math.max(most, Number(v.version)), 0);
  const busy = move.isPending || request.isPending;
  const problem = move.error ?? request.error;
  const submit = () => {
    const comment = reason.trim();
    const about = { name, version: version.version, stage, comment };
    const done = (text: string) => () => {
      say("good", text);
      onClose();
    };
    if (asks) {
      const onSuccess = done(strings.move.asked(version.version, stage));
      request.mutate(about, { onSuccess });
      return;
    }
    const archives = !resting && !one && archive && held.length > 0;
    const holder = resting ? {} : { expected_holder: newest ? String(newest) : "" };
    const onSuccess = done(strings.move.done(version.version, stage));
    move.mutate(
      { ...about, archive_existing_versions: archives, break_glass: breaks, ...holder },
      { onSuccess },
    );
  };
  return (
    <FormDialog
      title={strings.move.title(version.version, stage)}
      submit={asks ? strings.move.ask : breaks ? strings.glass.submit : strings.move.submit}
      danger={breaks}
      disabled={!reason.trim() || busy || Boolean(mine)}
      onSubmit={submit}
      onClose={onClose}
      failed={strings.move.failed}
      problem={problem}
    >
      <Facts
        items={[
          [strings.move.from, <StageBadge key="f" stage={version.current_stage} />],
          [strings.move.to, <StageBadge key="t" stage={stage} />],
          [
            strings.move.holder,
            !resting && (held.length ? `${strings.heads.version} ${numbers}` : strings.move.nobody),
          ],
          [
            strings.move.changes,
            !resting && newest > 0 && (
              <Link
                key="c"
                to="/models/$name/diff/$before/$after"
                params={{ name, before: String(newest), after: version.version }}
              >
                {strings.move.compare(String(newest))}
              </Link>
            ),
          ],
        ]}
      />
      <LinesField
        label={strings.move.reason}
        hint={strings.move.reasonHint}
        required
        value={reason}
        onChange={setReason}
      />
      {!resting && held.length > 0 && !asks && one && (
        <p>{strings.move.leaves(numbers, policy.former ?? "Archived")}</p>
      )}
      {!resting && held.length > 0 && !asks && !one && (
        <Check checked={archive} onChange={setArchive}>
          {strings.move.archive(numbers)}
        </Check>
      )}
      <Loaded query={explanation} failed={strings.move.explainFailed} lines={2}>
        {({ missing = [], checks = [], gated, break_glass }) => (
          <>
            {break_glass && <Glass checked={glass} onChange={setGlass} />}
            {gated && asks && <p className={styles.soft}>{strings.move.askText}</p>}
            {refused && <p className={styles.soft}>{refused}</p>}
            {mine && (
              <p>
                {strings.move.open}{" "}
                <Link to="/approvals/$id" params={{ id: mine.id ?? "" }}>
                  {strings.move.toRequest}
                </Link>
              </p>
            )}
            <Missing texts={missing} />
            {checks.length > 0 && (
              <div>
                <h3>{strings.move.checks}</h3>
                <ul className={styles.checks}>
                  {checks.map((check) => (
                    <li key={check.check}>
                      <Badge tone={TONES[check.state]}>{check.state}</Badge> {check.check}
                      <span className={styles.soft}> {check.reason}</span>
                    </li>
                  ))}
                </ul>
              </div>
            )}
          </>
        )}
      </Loaded>
    </FormDialog>
  );
}
