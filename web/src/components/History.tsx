import { Link } from "@tanstack/react-router";
import { Fragment, type ReactNode } from "react";
import { useEvents } from "../api/events";
import type { Event } from "../api/schema.gen";
import { actionOf, changesOf, requestOf, versionOf } from "../lib/event";
import { strings as shell } from "../strings";
import { Avatar } from "./Avatar";
import { StageBadge } from "./Badge";
import { Button } from "./Button";
import styles from "./History.module.css";
import { Icon } from "./Icon";
import { Loaded } from "./Loaded";
import { Panel } from "./Panel";
import { Time } from "./Time";

interface HistoryProps {
  of: { model?: string; object?: string };
  actions?: ReactNode;
  /** What else stands between two changes: what was from one moment on and before another. */
  between?: ((from: number, behind: number) => ReactNode) | undefined;
}

/** Who did what, when and why: of a model with its versions, or of one object. */
export function History({ of, actions, between }: HistoryProps) {
  const query = useEvents(of);
  return (
    <Panel title={shell.history.title} actions={actions} flush>
      <Loaded query={query} failed={shell.history.failed} lines={8}>
        {(events) => (
          <ol className={styles.list} aria-label={shell.history.title}>
            {between?.(events[0]?.time ?? 0, Number.POSITIVE_INFINITY)}
            {events.map((event, i) => (
              <Fragment key={event.sequence}>
                <Entry event={event} />
                {between && (i < events.length - 1 || !query.hasNextPage)
                  ? between(events[i + 1]?.time ?? 0, event.time)
                  : null}
              </Fragment>
            ))}
          </ol>
        )}
      </Loaded>
      {query.hasNextPage && (
        <div className={styles.more}>
          <Button disabled={query.isFetching} onClick={() => void query.fetchNextPage()}>
            {shell.history.older}
          </Button>
        </div>
      )}
    </Panel>
  );
}

interface LineProps {
  at: number | undefined;
  who: ReactNode;
  children: ReactNode;
}

/** What is no change, as an item of the list of changes. */
export function Line({ at, who, children }: LineProps) {
  return (
    <li className={`${styles.item} ${styles.line}`}>
      <span className={styles.soft}>
        <Time at={at} />
      </span>
      <span>{who}</span>
      <div className={styles.soft}>{children}</div>
    </li>
  );
}

/** Who did what, when and why, as an item of a list. */
export function Entry({ event }: { event: Event }) {
  const version = versionOf(event);
  const request = requestOf(event);
  const { before = {}, after = {} } = event;
  const [from, to] = [before.stage, after.stage];
  return (
    <li className={styles.item}>
      <span className={styles.soft}>
        <Time at={event.time} />
      </span>
      <Avatar name={event.actor} />
      <div>
        <div className={styles.what}>
          <span>{actionOf(event)}</span>
          {version && (
            <Link to="/models/$name/versions/$version" params={version}>
              {shell.history.version(version.version)}
            </Link>
          )}
          {request && (
            <Link to="/approvals/$id" params={{ id: request }} className={styles.soft}>
              {shell.history.request(request)}
            </Link>
          )}
          {typeof from === "string" && typeof to === "string" && from !== to && (
            <>
              <StageBadge stage={from} />
              <Icon name="right" size={12} />
            </>
          )}
          {typeof to === "string" && <StageBadge stage={to} />}
          {changesOf(event).map((text) => (
            <span key={text} className={styles.soft}>
              {text}
            </span>
          ))}
        </div>
        {event.comment && <p className={styles.why}>{event.comment}</p>}
      </div>
    </li>
  );
}
