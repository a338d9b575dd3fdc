import { useState } from "react";
import { useTexts } from "../../api/files";
import { useLease, useRun } from "../../api/runs";
import { Empty } from "../../components/Empty";
import { Loaded } from "../../components/Loaded";
import { Switch } from "../../components/Segments";
import { Time } from "../../components/Time";
import { TextView } from "../files/viewers/TextView";
import { BigLog } from "./BigLog";
import { Exception } from "./Exception";
import { isGrowing, OUTPUT, settled, tagOf } from "./facts";
import { NotKept } from "./NotKept";
import frame from "./RunParts.module.css";
import { runRoute } from "./route";
import { strings } from "./strings";

const LOST = "cuvee.lost.output";

/** What a run's program has written; the exception that ended it first. */
export function RunLogs() {
  const { runId } = runRoute.useParams();
  const run = useRun(runId).data;
  const live = run?.info.status === "RUNNING" || run?.info.status === "SCHEDULED";
  const growing = run !== undefined && isGrowing(run, Date.now());
  const query = useTexts([runId], [OUTPUT], growing);
  const lease = useLease(runId, live).data;
  const [follow, setFollow] = useState(true);
  if (!run) return null;
  const exception = tagOf(run, "cuvee.exception");
  return (
    <div className={frame.logs}>
      {exception && <Exception text={exception} code={tagOf(run, "cuvee.exit_code")} />}
      <Loaded query={query} failed={strings.textsFailed} lines={8}>
        {(texts) => {
          const whole = texts.of(runId, OUTPUT);
          // The file is there once the program has ended; until then it says its last lines.
          const tail = (live && lease?.tail) || (!whole?.text && (lease?.tail || tagOf(run, LOST)));
          const text = settled(tail || whole?.text || "");
          if (!text) {
            return live ? (
              <Empty title={strings.noLogs}>
                <p>{strings.noLogsYet}</p>
              </Empty>
            ) : (
              <NotKept run={run} title={strings.noLogs} text={strings.noLogsText} />
            );
          }
          const big = !tail && whole?.complete === false;
          return (
            <>
              <div className={frame.bar}>
                {live && (
                  <Switch on={follow} onChange={setFollow}>
                    {strings.follow}
                  </Switch>
                )}
                <span>{tail ? strings.tail : strings.output}</span>
                {tail && lease?.last_seen ? (
                  <span>
                    {strings.lastSeen} <Time at={lease.last_seen} />
                  </span>
                ) : null}
              </div>
              <div className={frame.output}>
                {big ? (
                  <BigLog run={runId} path={OUTPUT} size={whole.size} />
                ) : (
                  <TextView text={text} name={strings.tabs.logs} atEnd={!live || follow} slash />
                )}
              </div>
            </>
          );
        }}
      </Loaded>
    </div>
  );
}
