import { type UseQueryResult, useQueries, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { call } from "../../api/client";
import { useWaitingRequests } from "../../api/requests";
import {
  type Experiment,
  type ExperimentPage,
  getLogStatus,
  getStageHolder,
  type Run,
} from "../../api/schema.gen";
import { versionsIn } from "../../api/versions";
import { Avatar } from "../../components/Avatar";
import { StatusBadge } from "../../components/Badge";
import { ErrorNote } from "../../components/ErrorNote";
import { Loaded } from "../../components/Loaded";
import { Panel } from "../../components/Panel";
import { Table } from "../../components/Table";
import { Time } from "../../components/Time";
import styles from "./Home.module.css";
import { strings } from "./strings";

const MOST = 12;

/** Says so when the registry and its history disagree. */
export function HistoryNote() {
  const status = useQuery({
    queryKey: ["events", "status"],
    queryFn: ({ signal }) => call(getLogStatus, {}, signal),
    staleTime: 60_000,
  });
  const problems = status.data?.problems ?? [];
  return problems.length ? (
    <ErrorNote title={strings.damaged} problem={problems.join(" ")} />
  ) : null;
}

/** Which version of each model is in Production, and since when. */
export function ProductionPanel() {
  const versions = useQuery(versionsIn("Production", MOST));
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

interface RunsPanelProps {
  title: string;
  none: string;
  query: UseQueryResult<Run[]>;
  experiments: readonly Experiment[];
}

/** Some runs, each with its experiment. */
export function RunsPanel({ title, none, query, experiments }: RunsPanelProps) {
  const names = new Map(experiments.map((e) => [e.experiment_id, e.name]));
  return (
    <Panel title={title} flush>
      <Loaded query={query} failed={strings.runningFailed}>
        {(runs) =>
          runs.length ? (
            <Table
              label={title}
              heads={[
                { name: strings.heads.run },
                { name: strings.heads.status },
                { name: strings.heads.experiment },
                { name: strings.heads.user },
                { name: strings.heads.started },
              ]}
              rows={runs}
              rowKey={(run) => run.info.run_id}
              cells={({ info }) => [
                <Link key="r" to="/runs/$runId" params={{ runId: info.run_id }}>
                  {info.run_name}
                </Link>,
                <StatusBadge key="s" status={info.status} />,
                <Link
                  key="e"
                  to="/experiments/$experimentId"
                  params={{ experimentId: info.experiment_id }}
                >
                  {names.get(info.experiment_id) ?? info.experiment_id}
                </Link>,
                <Avatar key="u" name={info.user_id} />,
                <Time key="t" at={info.start_time} />,
              ]}
            />
          ) : (
            <p className={styles.none}>{none}</p>
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

/** The experiments that changed last. */
export function RecentPanel({ query }: { query: UseQueryResult<ExperimentPage> }) {
  const all = (
    <Link to="/experiments" search={{}}>
      {strings.all}
    </Link>
  );
  return (
    <Panel title={strings.recent} actions={all} flush>
      <Loaded query={query} failed={strings.recentFailed}>
        {({ experiments = [] }) =>
          experiments.length ? (
            <ul className={styles.list}>
              {experiments.slice(0, 8).map((experiment) => (
                <li key={experiment.experiment_id}>
                  <div className={styles.line}>
                    <Link
                      to="/experiments/$experimentId"
                      params={{ experimentId: experiment.experiment_id }}
                    >
                      {experiment.name}
                    </Link>
                    <span className={`${styles.soft} ${styles.right}`}>
                      <Time at={experiment.last_update_time} />
                    </span>
                  </div>
                </li>
              ))}
            </ul>
          ) : (
            <p className={styles.none}>{strings.recentNone}</p>
          )
        }
      </Loaded>
    </Panel>
  );
}
