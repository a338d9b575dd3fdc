import { Link } from "@tanstack/react-router";
import type { TransitionRequest } from "../../api/schema.gen";
import { Avatar } from "../../components/Avatar";
import { Badge, StageBadge } from "../../components/Badge";
import { Icon } from "../../components/Icon";
import { Time } from "../../components/Time";
import { checksIn, lacking } from "../../lib/review";
import styles from "./Approvals.module.css";
import type { RequestsTab } from "./route";
import { Flags, StatusMark } from "./StatusMark";
import { strings } from "./strings";

/** A request in a list: what, by whom, when, why, and what it still needs. */
export function RequestRow({ request, tab }: { request: TransitionRequest; tab: RequestsTab }) {
  const { id = "", name = "", version = "", from_stage = "None", to_stage } = request;
  const done = tab === "done";
  return (
    <li className={styles.row} data-request={id}>
      <div className={styles.head}>
        <Link to="/approvals/$id" params={{ id }} className={styles.open} data-open="">
          {strings.of(name, version)}
        </Link>
        <span className={styles.move}>
          <StageBadge stage={from_stage} />
          <Icon name="right" size={12} />
          <StageBadge stage={to_stage} />
        </span>
        {done && <StatusMark request={request} />}
        <Flags request={request} />
        {tab === "review" && !request.waits && <Badge tone="good">{strings.yours}</Badge>}
        <span className={styles.when}>
          <Time at={done ? request.closed_timestamp : request.creation_timestamp} />
        </span>
      </div>
      <p className={request.comment ? styles.why : styles.soft}>
        {request.comment || strings.noReason}
      </p>
      <div className={styles.line}>
        <span className={styles.soft}>{strings.asked}</span>
        <Avatar name={request.user_id} />
        {done ? <Ending request={request} /> : <Needs request={request} />}
      </div>
    </li>
  );
}

/** What an open request still needs. */
function Needs({ request }: { request: TransitionRequest }) {
  const approvals = lacking(request);
  const [failed, missing] = [checksIn(request, "failed"), checksIn(request, "unknown")];
  if (request.state === "allowed") return <Badge tone="good">{strings.ready}</Badge>;
  return (
    <>
      {approvals > 0 && <Badge tone="info">{strings.approvals(approvals)}</Badge>}
      {failed.length > 0 && <Badge tone="bad">{strings.failedChecks(failed.length)}</Badge>}
      {missing.length > 0 && <Badge tone="warn">{strings.missingChecks(missing.length)}</Badge>}
    </>
  );
}

function Ending({ request }: { request: TransitionRequest }) {
  const { status = "closed", closed_by, closed_comment } = request;
  return (
    <>
      <span className={styles.soft}>{strings.ended(strings.status[status].toLowerCase())}</span>
      <Avatar name={closed_by} />
      {closed_comment && <span className={styles.soft}>{closed_comment}</span>}
    </>
  );
}
