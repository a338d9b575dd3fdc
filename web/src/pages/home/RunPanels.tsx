import type { UseQueryResult } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { Experiment, Run } from "../../api/schema.gen";
import { Avatar } from "../../components/Avatar";
import { StatusBadge } from "../../components/Badge";
import { CourseLine } from "../../components/Course";
import { Loaded } from "../../components/Loaded";
import { Num } from "../../components/Num";
import { Panel } from "../../components/Panel";
import { type Head, Table } from "../../components/Table";
import { Time } from "../../components/Time";
import { latestMetric } from "../../lib/latest";
import { grouped } from "../../lib/number";
import styles from "./Home.module.css";
import { strings } from "./strings";

interface RunsPanelProps {
  title: string;
  none: string;
  query: UseQueryResult<Run[]>;
  experiments: readonly Experiment[];
  /** What stands between a run's name and its experiment. */
  heads: readonly Head[];
  cells: (run: Run) => readonly ReactNode[];
}

/** Some runs, each with its experiment. */
function RunsPanel({ title, none, query, experiments, heads, cells }: RunsPanelProps) {
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
                ...heads,
                { name: strings.heads.experiment },
                { name: strings.heads.user },
                { name: strings.heads.started },
              ]}
              rows={runs}
              rowKey={(run) => run.info.run_id}
              cells={(run) => [
                <Link key="r" to="/runs/$runId" params={{ runId: run.info.run_id }}>
                  {run.info.run_name}
                </Link>,
                ...cells(run),
                <Link
                  key="e"
                  to="/experiments/$experimentId"
                  params={{ experimentId: run.info.experiment_id }}
                >
                  {names.get(run.info.experiment_id) ?? run.info.experiment_id}
                </Link>,
                <Avatar key="u" name={run.info.user_id} />,
                <Time key="t" at={run.info.start_time} />,
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

interface SomeRuns {
  query: UseQueryResult<Run[]>;
  experiments: readonly Experiment[];
}

/** The runs that are under way, each with what it measured last and how that went. */
export function RunningRuns(props: SomeRuns) {
  return (
    <RunsPanel
      {...props}
      title={strings.running}
      none={strings.runningNone}
      heads={[{ name: strings.heads.metric }, { name: strings.heads.course }]}
      cells={(run) => {
        const metric = latestMetric(run);
        if (!metric) return [<span key="m">{strings.noMetric}</span>, ""];
        return [
          <span key="m">
            {metric.key} <Num value={metric.value} />
            {metric.step ? (
              <span className={styles.soft}> {strings.atStep(grouped(metric.step))}</span>
            ) : null}
          </span>,
          <CourseLine key="c" run={run.info.run_id} metric={metric.key} grows />,
        ];
      }}
    />
  );
}

/** The runs that began last. */
export function LatestRuns(props: SomeRuns) {
  return (
    <RunsPanel
      {...props}
      title={strings.latest}
      none={strings.runsNone}
      heads={[{ name: strings.heads.status }]}
      cells={(run) => [<StatusBadge key="s" status={run.info.status} />]}
    />
  );
}
