import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useRun } from "../../api/runs";
import { StatusBadge } from "../../components/Badge";
import { IconButton } from "../../components/Button";
import { Facts } from "../../components/Facts";
import { Id } from "../../components/Id";
import { Loaded } from "../../components/Loaded";
import { Num } from "../../components/Num";
import { Time } from "../../components/Time";
import { duration } from "../../lib/time";
import styles from "./Peek.module.css";
import { strings } from "./strings";

interface PeekProps {
  runId: string;
  onClose: () => void;
}

const MOST = 200; // of each kind; the run's page has them all

/** A run beside the table: what it is, its metrics and its params. */
export function Peek({ runId, onClose }: PeekProps) {
  const query = useRun(runId);
  const info = query.data?.info;
  const name = info?.run_name || runId.slice(0, 8);
  return (
    <aside className={styles.peek} aria-label={strings.peek.label}>
      <div className={styles.head}>
        <h2>
          <Link to="/runs/$runId" params={{ runId }} title={name}>
            {name}
          </Link>
        </h2>
        <IconButton icon="close" label={strings.peek.close} onClick={onClose} />
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and so keys must reach it */}
      <div className={styles.body} tabIndex={0} role="group" aria-label={name}>
        <Loaded query={query} failed={strings.peek.failed} lines={6}>
          {({ info, data, metrics, params }) => (
            <>
              <Facts
                items={[
                  [strings.runs.status, <StatusBadge key="s" status={info.status} />],
                  [strings.runs.started, <Time key="t" at={info.start_time} />],
                  [
                    strings.runs.duration,
                    info.end_time ? duration(info.end_time - info.start_time) : "–",
                  ],
                  [strings.runs.user, info.user_id || "–"],
                  ["Id", <Id key="i" value={info.run_id} length={12} />],
                ]}
              />
              <Values
                title={strings.peek.metrics}
                count={metrics}
                values={(data.metrics ?? []).map(({ key, value }) => [
                  key,
                  <Num key={key} value={value} />,
                ])}
              />
              <Values
                title={strings.peek.params}
                count={params}
                values={(data.params ?? []).map(({ key, value }) => [key, value])}
              />
            </>
          )}
        </Loaded>
      </div>
    </aside>
  );
}

interface ValuesProps {
  title: string;
  count: number;
  values: readonly [string, ReactNode][];
}

function Values({ title, count, values }: ValuesProps) {
  if (!values.length) return null;
  return (
    <>
      <h3>
        {title} <span className="num">{count}</span>
      </h3>
      <dl className={styles.values}>
        {values.slice(0, MOST).map(([key, value]) => (
          <div key={key}>
            <dt title={key}>{key}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {count > MOST && <p>{strings.peek.more(count - MOST)}</p>}
    </>
  );
}
