import { Link } from "@tanstack/react-router";
import { useTexts } from "../../api/files";
import { useRun } from "../../api/runs";
import type { Run } from "../../api/schema.gen";
import { Facts } from "../../components/Facts";
import { KeyTable } from "../../components/KeyTable";
import { Loaded } from "../../components/Loaded";
import { Panel } from "../../components/Panel";
import { bytes } from "../../lib/number";
import { TextView } from "../files/viewers/TextView";
import {
  ENVIRONMENT,
  type Environment,
  isGrowing,
  LOCK,
  PATCH,
  readEnvironment,
  tagOf,
} from "./facts";
import { NotKept } from "./NotKept";
import frame from "./RunParts.module.css";
import { runRoute } from "./route";
import { strings } from "./strings";

/** What a run ran in: the computer, Python, and the packages. */
export function RunEnvironment() {
  const { runId } = runRoute.useParams();
  const run = useRun(runId).data;
  const growing = run !== undefined && isGrowing(run, Date.now());
  const query = useTexts([runId], [PATCH, ENVIRONMENT, LOCK], growing);
  if (!run) return null;
  return (
    <Loaded query={query} failed={strings.textsFailed} lines={8}>
      {(texts) => (
        <Told
          run={run}
          environment={readEnvironment(texts.of(runId, ENVIRONMENT)?.text)}
          lock={texts.of(runId, LOCK)?.text}
        />
      )}
    </Loaded>
  );
}

interface ToldProps {
  run: Run;
  environment: Environment | undefined;
  lock: string | undefined;
}

function Told({ run, environment, lock }: ToldProps) {
  const host = environment?.host || tagOf(run, "cuvee.host");
  const gpus = environment?.gpus.length ? environment.gpus : tagOf(run, "cuvee.gpu").split("; ");
  const shown = gpus.filter(Boolean);
  if (!environment && !lock && !host && !shown.length) {
    return <NotKept run={run} title={strings.noEnvironment} text={strings.noEnvironmentText} />;
  }
  const packages = [...(environment?.packages ?? [])].map(([key, value]) => ({ key, value }));
  return (
    <div className={frame.beside}>
      <div className={frame.stack}>
        <Panel title={strings.computer}>
          <Facts
            items={[
              [strings.host, host],
              [strings.system, environment?.platform],
              [strings.machine, environment?.machine],
              [strings.cpus, environment?.cpus],
              [strings.memory, environment?.memory && bytes(environment.memory)],
              [
                strings.gpus,
                shown.length > 0 &&
                  // biome-ignore lint/suspicious/noArrayIndexKey: there are several of a kind
                  shown.map((gpu, i) => <div key={i}>{gpu}</div>),
              ],
            ]}
          />
        </Panel>
        {environment && (
          <Panel title={strings.python}>
            <Facts
              items={[
                [strings.python, `${environment.python} (${environment.implementation})`],
                [strings.executable, <code key="e">{environment.executable}</code>],
              ]}
            />
          </Panel>
        )}
        {lock && (
          <Panel
            title={strings.lock}
            flush
            actions={
              <Link
                to="/runs/$runId/artifacts"
                params={{ runId: run.info.run_id }}
                search={{ path: LOCK }}
              >
                {strings.lockFile}
              </Link>
            }
          >
            <div style={{ height: Math.min(lock.split("\n").length * 20 + 60, 420) }}>
              <TextView text={lock} name={strings.lock} />
            </div>
          </Panel>
        )}
      </div>
      {environment && (
        <KeyTable
          title={strings.packages}
          none={strings.noPackages}
          items={packages}
          heads={[{ name: strings.package }, { name: strings.version }]}
          cells={(item) => [item.key, <code key="v">{item.value}</code>]}
        />
      )}
    </div>
  );
}
