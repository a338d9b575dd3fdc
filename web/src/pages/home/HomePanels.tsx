import { type UseQueryResult, useQueries, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { call } from "../../api/client";
import { useModelsNamed } from "../../api/models";
import { useWaitingRequests } from "../../api/requests";
import { type Experiment, type ExperimentPage, getStageHolder } from "../../api/schema.gen";
import { useRights } from "../../api/session";
import { versionsIn } from "../../api/versions";
import { Avatar } from "../../components/Avatar";
import { Loaded } from "../../components/Loaded";
import { Panel } from "../../components/Panel";
import { Table } from "../../components/Table";
import { Time } from "../../components/Time";
import styles from "./Home.module.css";
import { useFailedRuns } from "./latest";
import { strings } from "./strings";

const MOST = 12;
const RECENT = 8;

export const productionQuery = versionsIn("Production", MOST);

/** Which version of each model is in Production, and since when. */
export function ProductionPanel() {
  const versions = useQuery(productionQuery);
  const holders = useQueries({
    queries: (versions.data ?? []).map(({ name, version }) => ({
      queryKey: ["version", name, version, "holding"],
      queryFn: ({ signal }: { signal: AbortSignal }) =>
        call(getStageHolder, { name, stage: "Production" }, signal),
    })),
  });
  const rows = (versions.data ?? []).map((version, i) => {
    const holding = holders[i]?.data?.holding;
    return { version, holding: holding?.version === version.version ? holding : undefined };
  });
  return (
    <Panel title={strings.production} flush>
      <Loaded query={versions} failed={strings.productionFailed}>
        {(found) =>
          found.length ? (
            <Table
              label={strings.production}
              heads={[
                { name: strings.heads.model },
                { name: strings.heads.version },
                { name: strings.heads.since },
                { name: strings.heads.by },
              ]}
              rows={rows}
              rowKey={({ version }) => `${version.name}/${version.version}`}
              cells={({ version: { name, version, last_updated_timestamp }, holding }) => [
                <Link key="m" to="/models/$name" params={{ name }}>
                  {name}
                </Link>,
                <Link key="v" to="/models/$name/versions/$version" params={{ name, version }}>
                  {version}
                </Link>,
                <Time key="s" at={holding?.since ?? last_updated_timestamp} />,
                <Avatar key="b" name={holding?.user_id} />,
              ]}
            />
          ) : (
            <p className={styles.none}>{strings.productionNone}</p>
          )
        }
      </Loaded>
    </Panel>
  );
}

/** Requests that wait for my approval. */
export function WaitingPanel() {
  const query = useWaitingRequests();
  return (
    <Panel title={strings.waiting} count={query.data?.length || undefined} flush>
      <Loaded query={query} failed={strings.waitingFailed} lines={2}>
        {(requests) =>
          requests.length ? (
            <ul className={styles.list}>
              {requests.map((request) => (
                <li key={request.id}>
                  <div className={styles.line}>
                    <Link to="/approvals/$id" params={{ id: request.id ?? "" }}>
                      {request.name}
                    </Link>
                    <span className={`${styles.soft} ${styles.right}`}>
                      <Time at={request.creation_timestamp} />
                    </span>
                  </div>
                  <div className={`${styles.line} ${styles.soft}`}>
                    {strings.asks(request.version ?? "", request.to_stage)} · {request.user_id}
                  </div>
                </li>
              ))}
            </ul>
          ) : (
            <p className={styles.none}>{strings.waitingNone}</p>
          )
        }
      </Loaded>
    </Panel>
  );
}

interface RecentPanelProps<T> {
  title: string;
  /** The link to all of them. */
  all: ReactNode;
  failed: string;
  none: string;
  query: UseQueryResult<T>;
  /** What changed last, first: a key, the link to it, and when. */
  items: (found: T) => readonly (readonly [string, ReactNode, number | undefined])[];
}

/** What changed last, of some kind. */
export function RecentPanel<T>({ title, all, failed, none, query, items }: RecentPanelProps<T>) {
  return (
    <Panel title={title} actions={all} flush>
      <Loaded query={query} failed={failed}>
        {(found) => {
          const shown = items(found);
          return shown.length ? (
            <ul className={styles.list}>
              {shown.map(([key, link, at]) => (
                <li key={key}>
                  <div className={styles.line}>
                    {link}
                    <span className={`${styles.soft} ${styles.right}`}>
                      <Time at={at} />
                    </span>
                  </div>
                </li>
              ))}
            </ul>
          ) : (
            <p className={styles.none}>{none}</p>
          );
        }}
      </Loaded>
    </Panel>
  );
}

/** The experiments that changed last. */
export function RecentExperiments({ query }: { query: UseQueryResult<ExperimentPage> }) {
  return (
    <RecentPanel
      title={strings.recent}
      all={
        <Link to="/experiments" search={{}}>
          {strings.all}
        </Link>
      }
      failed={strings.recentFailed}
      none={strings.recentNone}
      query={query}
      items={({ experiments = [] }) =>
        experiments.slice(0, RECENT).map(({ experiment_id, name, last_update_time }) => [
          experiment_id,
          <Link key="e" to="/experiments/$experimentId" params={{ experimentId: experiment_id }}>
            {name}
          </Link>,
          last_update_time,
        ])
      }
    />
  );
}

/** The models that changed last. */
export function RecentModels() {
  return (
    <RecentPanel
      title={strings.models}
      all={
        <Link to="/models" search={{}}>
          {strings.all}
        </Link>
      }
      failed={strings.modelsFailed}
      none={strings.modelsNone}
      query={useModelsNamed("", RECENT)}
      items={({ registered_models = [] }) =>
        registered_models.map(({ name, last_updated_timestamp }) => [
          name,
          <Link key="m" to="/models/$name" params={{ name }}>
            {name}
          </Link>,
          last_updated_timestamp,
        ])
      }
    />
  );
}

/** The user's runs that failed of late, or everybody's; nothing when none did. */
export function FailedRuns({ experiments }: { experiments: readonly Experiment[] }) {
  const { open } = useRights();
  const failed = useFailedRuns(experiments);
  if (!failed.data?.length) return null;
  return (
    <RecentPanel
      title={open ? strings.allFailedRuns : strings.failedRuns}
      all={undefined}
      failed={strings.failedFailed}
      none=""
      query={failed}
      items={(runs) =>
        runs.map(({ info }) => [
          info.run_id,
          <Link key="r" to="/runs/$runId" params={{ runId: info.run_id }}>
            {info.run_name}
          </Link>,
          info.end_time ?? info.start_time,
        ])
      }
    />
  );
}
