import { useState } from "react";
import { usePolicy } from "../../api/models";
import { useApprove, useCancelRequest, useComment, useReject } from "../../api/requests";
import type { TransitionRequest } from "../../api/schema.gen";
import { useSession } from "../../api/session";
import { useExplanation } from "../../api/versions";
import { Button } from "../../components/Button";
import { ErrorNote } from "../../components/ErrorNote";
import { Check, Field } from "../../components/Field";
import { Panel } from "../../components/Panel";
import { CHANGES, completes, refusal } from "../../lib/review";
import { say } from "../../state/toasts";
import { GlassDialog } from "./GlassDialog";
import styles from "./Request.module.css";
import { strings } from "./strings";

/** Approve, reject or withdraw; what one may not do is disabled, with the server's reason. */
export function Review({ request }: { request: TransitionRequest }) {
  const [comment, setComment] = useState("");
  const [archive, setArchive] = useState(true);
  const me = useSession().data?.username ?? "";
  const policy = usePolicy(request.name ?? "").data?.policy;
  const [approve, reject, cancel] = [useApprove(), useReject(), useCancelRequest()];
  const ask = useComment();
  const [glass, setGlass] = useState(false);
  const { name = "", version = "", to_stage: stage, holder = "", user_id } = request;
  const about = { name, version, stage, comment: comment.trim() };
  const resting = stage === "None" || stage === "Archived";
  const kept = policy?.stages.find((one) => one.name === stage);
  const one = kept?.holders === "one";
  const why = {
    approve: refusal(request, "APPROVE_TRANSITION_REQUEST"),
    reject: refusal(request, "REJECT_TRANSITION_REQUEST"),
    cancel: refusal(request, "CANCEL_TRANSITION_REQUEST"),
  };
  const given = !why.approve && !request.waits;
  const moves = !why.approve && !given && completes(request, me);
  const calls = [approve, reject, cancel, ask];
  const busy = calls.some((one) => one.isPending);
  const problem = calls.find((one) => one.error)?.error;
  const may = useExplanation(name, version, stage).data?.break_glass === true;
  // Promises, because this part of the page is gone once the request has ended.
  const settle = (begin: () => Promise<string>) => {
    for (const one of calls) one.reset();
    return begin().then(
      (text) => {
        setComment("");
        say("good", text);
      },
      () => undefined, // the mutation keeps the problem, which is shown below
    );
  };
  const onApprove = () =>
    settle(() =>
      approve
        .mutateAsync({
          ...about,
          archive_existing_versions: !resting && !one && archive && holder !== "",
          ...(resting ? {} : { expected_holder: holder }),
        })
        .then(({ activity }) =>
          activity.state === "allowed" ? strings.movedToast(version, stage) : strings.approvedToast,
        ),
    );
  const onReject = () => settle(() => reject.mutateAsync(about).then(() => strings.rejectedToast));
  const onAsk = () =>
    settle(() =>
      ask
        .mutateAsync({ name, version, comment: CHANGES + about.comment })
        .then(() => strings.changesToast),
    );
  const onCancel = () =>
    settle(() =>
      cancel.mutateAsync({ ...about, creator: user_id }).then(() => strings.withdrawnToast),
    );
  const reasons = [...new Set([why.approve, why.reject, why.cancel].filter(Boolean))];
  return (
    <Panel title={strings.review}>
      <div className={styles.form}>
        <Field label={strings.verdict} hint={strings.verdictHint}>
          {(field) => (
            <textarea
              {...field}
              value={comment}
              onChange={(event) => setComment(event.target.value)}
            />
          )}
        </Field>
        {moves && <p>{strings.moves(version, stage)}</p>}
        {moves && !resting && one && holder && (
          <p>{strings.leaves(holder, kept?.former ?? "Archived")}</p>
        )}
        {!why.approve && !given && !resting && !one && holder && (
          <Check checked={archive} onChange={setArchive}>
            {strings.archive(holder)}
          </Check>
        )}
        <div className={styles.buttons}>
          <Button
            kind="primary"
            disabled={Boolean(why.approve) || given || busy}
            onClick={onApprove}
          >
            {strings.approve}
          </Button>
          <Button
            kind="danger"
            disabled={Boolean(why.reject) || !comment.trim() || busy}
            onClick={onReject}
          >
            {strings.reject}
          </Button>
          <Button disabled={Boolean(why.reject) || !comment.trim() || busy} onClick={onAsk}>
            {strings.askChanges}
          </Button>
          <Button disabled={Boolean(why.cancel) || busy} onClick={onCancel}>
            {strings.withdraw}
          </Button>
          {may && <Button onClick={() => setGlass(true)}>{strings.glass}</Button>}
        </div>
        {given && <p className={styles.soft}>{strings.given}</p>}
        {!why.reject && !comment.trim() && <p className={styles.soft}>{strings.rejectNeeds}</p>}
        {reasons.map((text) => (
          <p key={text} className={styles.refused}>
            {text}
          </p>
        ))}
        {problem && <ErrorNote title={strings.notDone} problem={problem} />}
        {glass && (
          <GlassDialog
            request={request}
            many={!resting && !one}
            former={kept?.former ?? "Archived"}
            onClose={() => setGlass(false)}
          />
        )}
      </div>
    </Panel>
  );
}
