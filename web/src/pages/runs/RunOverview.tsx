import { useQuery } from "@tanstack/react-query";
import { Link, useRouter } from "@tanstack/react-router";
import { lazy, Suspense, useMemo } from "react";
import { call } from "../../api/client";
import { NOTE, then } from "../../api/edits";
import { useExperiment } from "../../api/experiments";
import { useWhyNot } from "../../api/grants";
import {
  findMetrics,
  findParams,
  type ShownRun,
  shownParams,
  useRun,
  wholeParam,
} from "../../api/runs";
import { deleteTag, type Metric, type Run, type RunTag, setTag } from "../../api/schema.gen";
import { versionsOfRun } from "../../api/versions";
import { Avatar } from "../../components/Avatar";
import { StageBadge } from "../../components/Badge";
import { CourseLine, Extreme } from "../../components/Course";
import { Facts } from "../../components/Facts";
import { Id } from "../../components/Id";
import { KeyTable } from "../../components/KeyTable";
import { Num } from "../../components/Num";
import { Panel } from "../../components/Panel";
import { Table } from "../../components/Table";
import { TagsPanel } from "../../components/TagsPanel";
import { Time } from "../../components/Time";
import { Value } from "../../components/Value";
import { isSystem } from "../../lib/keys";
import { duration } from "../../lib/time";
import { hostOf, pythonItem, useEnvironment } from "./computer";
import { Exception } from "./Exception";
import { codeFacts, ownTags, tagOf } from "./facts";
import { Nested } from "./Nested";
import { RunDatasets } from "./RunDatasets";
import styles from "./RunOverview.module.css";
import { runRoute } from "./route";
import { strings } from "./strings";
import { Tree } from "./Tree";

const Markdown = lazy(() => import("../files/Markdown").then((m) => ({ default: m.Markdown })));
const RESERVED = "mlflow.";

/** What a run measured, with which params, and what came of it. */
export function RunOverview() {
  const { runId } = runRoute.useParams();
  const run = useRun(runId).data;
  if (!run) return null;
  const tags = run.data.tags ?? [];
  const exception = tagOf(run, "cuvee.exception");
  const note = tags.find((tag) => tag.key === NOTE)?.value;
  return (
    <div className={styles.grid}>
      <div className={styles.column}>
        {exception && <Exception text={exception} code={tagOf(run, "cuvee.exit_code")} />}
        {note && (
          <Panel title={strings.description}>
            <Suspense fallback={<p className={styles.text}>{note}</p>}>
              <Description runId={runId} text={note} />
            </Suspense>
          </Panel>
        )}
        <Metrics run={run} metrics={run.data.metrics ?? []} />
        <div className={styles.pair}>
          <Params run={run} />
          <Tags run={run} tags={ownTags(run)} />
        </div>
        <Nested runId={runId} experimentId={run.info.experiment_id} />
        <Outputs run={run} />
      </div>
      <About run={run} />
    </div>
  );
}

/** What somebody wrote of a run, in Markdown; its links lead to the run's files. */
function Description({ runId, text }: { runId: string; text: string }) {
  const router = useRouter();
  const owner = useMemo(() => ({ kind: "run", run: runId }) as const, [runId]);
  const href = (path: string) =>
    router.buildLocation({ to: "/runs/$runId/artifacts", params: { runId }, search: { path } })
      .href;
  return <Markdown text={text} path="" owner={owner} href={href} />;
}

function Metrics({ run, metrics }: { run: ShownRun; metrics: readonly Metric[] }) {
  const runId = run.info.run_id;
  const of = (metric: string) => ({ run: runId, metric, grows: run.info.status === "RUNNING" });
  return (
    <KeyTable
      title={strings.metrics}
      none={strings.noMetrics}
      items={metrics}
      total={run.metrics}
      find={findMetrics(runId, run.info.status === "RUNNING")}
      heads={[
        { name: strings.key },
        { name: strings.course },
        { name: strings.last, align: "right" },
        { name: strings.min, align: "right" },
        { name: strings.max, align: "right" },
        { name: strings.step, align: "right" },
      ]}
      cells={(metric) => [
        <Link
          key="k"
          to={isSystem(metric.key) ? "/runs/$runId/system" : "/runs/$runId/metrics"}
          params={{ runId }}
          search={{ keys: [metric.key] }}
          title={strings.chart(metric.key)}
        >
          {metric.key}
        </Link>,
        <CourseLine key="c" {...of(metric.key)} />,
        <Num key="v" value={metric.value} />,
        <Extreme key="l" {...of(metric.key)} end="min" />,
        <Extreme key="g" {...of(metric.key)} end="max" />,
        <span key="s" className="num">
          {metric.step ?? 0}
        </span>,
      ]}
    />
  );
}

function Params({ run }: { run: ShownRun }) {
  const runId = run.info.run_id;
  const params = run.data.params;
  return (
    <KeyTable
      title={strings.params}
      none={strings.noParams}
      items={useMemo(() => shownParams(params, run.cut), [params, run.cut])}
      total={run.params}
      find={findParams(runId)}
      heads={[{ name: strings.key }, { name: strings.value }]}
      cells={({ key, value, cut }) => [
        key,
        <Value
          key={`v ${key}`}
          text={value}
          whole={cut ? () => wholeParam(runId, key) : undefined}
        />,
      ]}
    />
  );
}

function Tags({ run, tags }: { run: Run; tags: readonly RunTag[] }) {
  const { run_id, experiment_id, lifecycle_stage } = run.info;
  const noEdit = useWhyNot(`experiment:${experiment_id}`, "CAN_EDIT");
  return (
    <TagsPanel
      tags={tags}
      none={strings.noTags}
      why={lifecycle_stage === "deleted" ? strings.acts.isDeleted : noEdit}
      set={(key, value) => then(call(setTag, { run_id, key, value }), "run", "runs")}
      remove={(key) => then(call(deleteTag, { run_id, key }), "run", "runs")}
    />
  );
}

/** The models that a run logged, and the versions that were registered from it. */
function Outputs({ run }: { run: Run }) {
  const models = run.outputs?.model_outputs ?? [];
  const versions = useQuery(versionsOfRun(run.info.run_id)).data ?? [];
  return (
    <Panel title={strings.outputs} flush>
      {!models.length && !versions.length && <p className={styles.none}>{strings.noOutputs}</p>}
      {versions.length > 0 && (
        <Table
          label={strings.versions}
          heads={[{ name: strings.model }, { name: strings.version }, { name: strings.stage }]}
          rows={versions}
          rowKey={(v) => `${v.name}/${v.version}`}
          cells={({ name, version, current_stage }) => [
            <Link key="m" to="/models/$name" params={{ name }}>
              {name}
            </Link>,
            <Link key="v" to="/models/$name/versions/$version" params={{ name, version }}>
              {version}
            </Link>,
            <StageBadge key="s" stage={current_stage} />,
          ]}
        />
      )}
      {models.length > 0 && !versions.length && (
        <Table
          label={strings.outputs}
          heads={[{ name: strings.model }, { name: strings.step, align: "right" }]}
          rows={models}
          rowKey={(m) => m.model_id}
          cells={(m) => [<code key="m">{m.model_id}</code>, m.step]}
        />
      )}
    </Panel>
  );
}

function About({ run }: { run: Run }) {
  const { info } = run;
  const experiment = useExperiment(info.experiment_id).data;
  const tag = (key: string) => run.data.tags?.find((t) => t.key === RESERVED + key)?.value;
  const parent = tag("parentRunId");
  const { commit, dirty, command, source } = codeFacts(run);
  const { environment } = useEnvironment(run);
  const [pythonName, python] = pythonItem(environment);
  const inputs = run.inputs?.dataset_inputs ?? [];
  return (
    <Panel title={strings.facts}>
      <Facts
        items={[
          [strings.id, <Id key="i" value={info.run_id} />],
          [
            strings.experiment,
            <Link
              key="e"
              to="/experiments/$experimentId"
              params={{ experimentId: info.experiment_id }}
            >
              {experiment?.name ?? info.experiment_id}
            </Link>,
          ],
          [strings.user, info.user_id && <Avatar key="u" name={info.user_id} />],
          [strings.started, <Time key="s" at={info.start_time} />],
          [strings.duration, info.end_time && duration(info.end_time - info.start_time)],
          [
            strings.parent,
            parent && (
              <Link key="p" to="/runs/$runId" params={{ runId: parent }}>
                {parent.slice(0, 8)}
              </Link>
            ),
          ],
          [strings.source, source],
          [strings.command, command && <Value key="x" text={command} />],
          [
            strings.commit,
            commit && (
              <span key="c" className={styles.commit}>
                <Id value={commit} />
                {dirty !== undefined && (
                  <Link to="/runs/$runId/code" params={{ runId: info.run_id }}>
                    <Tree dirty={dirty} />
                  </Link>
                )}
              </span>
            ),
          ],
          [
            strings.datasets,
            inputs.length > 0 && (
              <RunDatasets key="d" experiment={info.experiment_id} inputs={inputs} />
            ),
          ],
          [strings.artifacts, <Value key="a" text={info.artifact_uri} />],
          // What is read after the run comes last, so that nothing moves.
          [strings.host, hostOf(run, environment)],
          [strings.system, environment?.platform],
          [
            pythonName,
            python && (
              <Link key="y" to="/runs/$runId/environment" params={{ runId: info.run_id }}>
                {python}
              </Link>
            ),
          ],
        ]}
      />
    </Panel>
  );
}
