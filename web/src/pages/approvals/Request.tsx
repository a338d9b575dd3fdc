import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useRequest } from "../../api/requests";
import type { TransitionRequest } from "../../api/schema.gen";
import { Avatar } from "../../components/Avatar";
import { StageBadge } from "../../components/Badge";
import { Facts } from "../../components/Facts";
import { Icon } from "../../components/Icon";
import { Loaded } from "../../components/Loaded";
import { Page } from "../../components/Page";
import { Panel } from "../../components/Panel";
import { Time } from "../../components/Time";
import { OpenEmergencies } from "./Emergencies";
import { ApprovalsPanel, ChecksPanel } from "./Needs";
import styles from "./Request.module.css";
import { RequestChanges } from "./RequestChanges";
import { Review } from "./Review";
import { requestRoute } from "./route";
import { ChangesMark, Flags, StatusMark } from "./StatusMark";
import { strings } from "./strings";
import { Thread } from "./Thread";

const ABOVE = [{ name: strings.title, to: "/approvals" }];

/** One request: why, what changes, what it needs, what was said, and what one may do. */
export function Request() {
  const { id } = requestRoute.useParams();
  const query = useRequest(id);
  const request = query.data;
  const title = request
    ? strings.heading(request.name ?? "", request.version ?? "", request.to_stage)
    : strings.title;
  const marks = request && (
    <>
      <StatusMark request={request} />
      <Flags request={request} />
      <ChangesMark request={request} />
    </>
  );
  return (
    <Page title={title} above={ABOVE} marks={marks}>
      <Loaded query={query} failed={strings.oneFailed} lines={12}>
        {(found) => (
          <div className={styles.grid}>
            <div className={styles.column}>
              <OpenEmergencies name={found.name ?? ""} version={found.version ?? ""} />
              <Stale request={found} />
              <Panel title={strings.reason}>
                <p className={found.comment ? styles.text : styles.soft}>
                  {found.comment || strings.noReason}
                </p>
              </Panel>
              <RequestChanges request={found} />
              <ChecksPanel request={found} />
              <Thread request={found} />
            </div>
            <div className={styles.side}>
              {isOpen(found) && <Review key={found.id} request={found} />}
              {isOpen(found) && <ApprovalsPanel request={found} />}
              <About request={found} />
            </div>
          </div>
        )}
      </Loaded>
    </Page>
  );
}

function isOpen(request: TransitionRequest): boolean {
  return (request.status ?? "open") === "open";
}

function Stale({ request }: { request: TransitionRequest }) {
  if (!request.stale?.length) return null;
  return (
    <section className={styles.stale} aria-label={strings.staleTitle}>
      <Icon name="warn" />
      <div>
        <p className={styles.strong}>{strings.staleTitle}</p>
        <ul>
          {request.stale.map((text) => (
            <li key={text}>{text}</li>
          ))}
        </ul>
        <p>{strings.staleText}</p>
      </div>
    </section>
  );
}

function About({ request }: { request: TransitionRequest }) {
  const { name = "", version = "", holder, from_stage = "None", to_stage } = request;
  const resting = to_stage === "None" || to_stage === "Archived";
  const link = (number: string): ReactNode => (
    <Link to="/models/$name/versions/$version" params={{ name, version: number }}>
      {number}
    </Link>
  );
  const ended = !isOpen(request);
  return (
    <Panel title={strings.about}>
      <Facts
        items={[
          [
            strings.model,
            <Link key="m" to="/models/$name" params={{ name }} search={{}}>
              {name}
            </Link>,
          ],
          [strings.version, link(version)],
          [strings.from, <StageBadge key="f" stage={from_stage} />],
          [strings.to, <StageBadge key="t" stage={to_stage} />],
          [strings.holder, !ended && !resting && (holder ? link(holder) : strings.nobody)],
          [strings.askedBy, <Avatar key="b" name={request.user_id} />],
          [strings.when, <Time key="w" at={request.creation_timestamp} />],
          [strings.outcome, ended && <StatusMark key="o" request={request} />],
          [strings.outcomeBy, ended && <Avatar key="x" name={request.closed_by} />],
          [strings.outcomeWhen, ended && <Time key="y" at={request.closed_timestamp} />],
          [strings.outcomeWhy, ended && request.closed_comment],
        ]}
      />
    </Panel>
  );
}
