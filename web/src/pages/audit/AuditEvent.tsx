import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { entryQuery } from "../../api/audit";
import type { Event } from "../../api/schema.gen";
import { Avatar } from "../../components/Avatar";
import { Badge } from "../../components/Badge";
import { Empty } from "../../components/Empty";
import { Facts } from "../../components/Facts";
import { Loaded } from "../../components/Loaded";
import { Page } from "../../components/Page";
import { Panel } from "../../components/Panel";
import { Table } from "../../components/Table";
import { Time } from "../../components/Time";
import { grouped } from "../../lib/number";
import { eventOf } from "../../lib/proof";
import { exact } from "../../lib/time";
import styles from "./Audit.module.css";
import { changesIn, written } from "./changes";
import { ObjectLink } from "./ObjectLink";
import { Proof } from "./Proof";
import { auditEventRoute } from "./route";
import { proof, strings } from "./strings";

/** One event: all that is recorded of it, and the proof that it is in the log. */
export function AuditEvent() {
  const { sequence } = auditEventRoute.useParams();
  const number = Number(sequence);
  const query = useQuery(entryQuery(number));
  const event = query.data && eventOf(query.data);
  return (
    <Page
      title={strings.event(grouped(number))}
      above={[{ name: strings.title, to: "/audit" }]}
      marks={event && <Badge tone="accent">{event.action}</Badge>}
      actions={<Neighbours number={number} />}
    >
      <div className={styles.two}>
        <Loaded query={query} failed={strings.oneFailed} lines={10}>
          {() => (event ? <Told event={event} /> : <Hidden />)}
        </Loaded>
        <Panel title={proof.title}>
          <Proof sequence={number} object={event?.object} />
        </Panel>
      </div>
    </Page>
  );
}

function Neighbours({ number }: { number: number }) {
  return (
    <span className={styles.neighbours}>
      {number > 1 && (
        <Link to="/audit/$sequence" params={{ sequence: String(number - 1) }}>
          {strings.previous}
        </Link>
      )}
      <Link to="/audit/$sequence" params={{ sequence: String(number + 1) }}>
        {strings.next}
      </Link>
    </span>
  );
}

function Hidden() {
  return (
    <Panel title={strings.what}>
      <Empty title={strings.hidden}>
        <p>{strings.hiddenText}</p>
      </Empty>
    </Panel>
  );
}

const TOKEN = "token:";

function Told({ event }: { event: Event }) {
  const changes = changesIn(event);
  const grounds = Object.entries(event.details ?? {});
  return (
    <div className={styles.column}>
      <Panel title={strings.what}>
        <Facts
          items={[
            [strings.heads.time, <Time key="t" at={event.time} />],
            [strings.exactly, exact(event.time)],
            [strings.heads.actor, <Avatar key="a" name={event.actor} />],
            [strings.heads.via, event.via],
            [strings.address, event.address],
            [strings.heads.action, <code key="c">{event.action}</code>],
            [strings.heads.object, <ObjectLink key="o" object={event.object} />],
            [
              strings.reason,
              event.comment ? (
                <p key="r" className={styles.reason}>
                  {event.comment}
                </p>
              ) : (
                <span key="r" className={styles.soft}>
                  {strings.noReason}
                </span>
              ),
            ],
          ]}
        />
        <p className={styles.links}>
          <Link to="/audit" search={{ object: event.object }}>
            {strings.ofObject}
          </Link>
          <Link to="/audit" search={{ actor: event.actor }}>
            {strings.ofActor}
          </Link>
          {event.via.startsWith(TOKEN) && (
            <Link to="/audit" search={{ token: event.via.slice(TOKEN.length) }}>
              {strings.ofToken}
            </Link>
          )}
          {event.address && (
            <Link to="/audit" search={{ address: event.address }}>
              {strings.ofAddress}
            </Link>
          )}
        </p>
      </Panel>
      <Panel title={strings.changes} flush>
        {changes.length ? (
          <Table
            label={strings.changes}
            heads={[{ name: strings.field }, { name: strings.before }, { name: strings.after }]}
            rows={changes}
            rowKey={({ field }) => field}
            cells={({ field, before, after }) => [
              <code key="f">{field}</code>,
              <span key="b" className={styles.value}>
                {before || "–"}
              </span>,
              <span key="a" className={styles.value}>
                {after || "–"}
              </span>,
            ]}
          />
        ) : (
          <Empty title={strings.noChanges} />
        )}
      </Panel>
      {grounds.length > 0 && (
        <Panel title={strings.grounds}>
          <Facts
            items={grounds.map(([name, value]) => [
              name,
              <span key={name} className={styles.value}>
                {written(value)}
              </span>,
            ])}
          />
        </Panel>
      )}
    </div>
  );
}
