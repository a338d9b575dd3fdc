import { Link } from "@tanstack/react-router";
import { useTexts } from "../../api/files";
import { useRun } from "../../api/runs";
import type { Run } from "../../api/schema.gen";
import { Facts } from "../../components/Facts";
import { KeyTable } from "../../components/KeyTable";
import { Loaded } from "../../components/Loaded";
import { Panel } from "../../components/Panel";
import { TextView } from "../files/viewers/TextView";
import { computerItems, gpusOf, hostOf, pythonItem } from "./computer";
import { ENVIRONMENT, type Environment, isGrowing, LOCK, PATCH, readEnvironment } from "./facts";
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
  const told = hostOf(run, environment) || gpusOf(run, environment).length;
  if (!environment && !lock && !told) {
    return <NotKept run={run} title={strings.noEnvironment} text={strings.noEnvironmentText} />;
  }
  const packages = [...(environment?.packages ?? [])].map(([key, value]) => ({ key, value }));
  return (
    <div className={frame.beside}>
      <div className={frame.stack}>
        <Panel title={strings.computer}>
          <Facts items={computerItems(run, environment)} />
        </Panel>
        {environment && (
          <Panel title={strings.python}>
            <Facts
              items={[
                pythonItem(environment),
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
