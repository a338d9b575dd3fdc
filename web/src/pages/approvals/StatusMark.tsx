import { useComments } from "../../api/requests";
import type { TransitionRequest } from "../../api/schema.gen";
import { Badge, type Tone } from "../../components/Badge";
import { changesAsked } from "../../lib/review";
import { strings } from "./strings";

type Status = NonNullable<TransitionRequest["status"]>;

const TONES: Record<Status, Tone> = {
  open: "info",
  approved: "good",
  rejected: "bad",
  cancelled: "plain",
  closed: "plain",
};

/** What has become of a request, in a word and a colour. */
export function StatusMark({ request }: { request: TransitionRequest }) {
  const status = request.status ?? "open";
  return <Badge tone={TONES[status]}>{strings.status[status]}</Badge>;
}

/** That somebody wants changes before they approve, until who asked for the move has answered. */
export function ChangesMark({ request }: { request: TransitionRequest }) {
  const comments = useComments(request.name ?? "", request.version ?? "").data ?? [];
  const asked = changesAsked(request, comments);
  if (!asked || (request.status ?? "open") !== "open") return null;
  return <Badge tone="warn">{strings.changesBy(asked.user_id)}</Badge>;
}

/** What a reviewer must not overlook: things have changed, or approvals do not count. */
export function Flags({ request }: { request: TransitionRequest }) {
  return (
    <>
      {request.stale?.length ? (
        <span title={request.stale.join("\n")}>
          <Badge tone="warn">{strings.stale}</Badge>
        </span>
      ) : null}
      {request.void_approvals?.length ? (
        <span title={request.void_approvals.map((v) => `${v.user_id}: ${v.reason}`).join("\n")}>
          <Badge tone="warn">{strings.void}</Badge>
        </span>
      ) : null}
    </>
  );
}
