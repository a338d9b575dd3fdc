import { useMemo } from "react";
import { useTexts } from "../../api/files";
import { useRun } from "../../api/runs";
import { Code } from "../../components/Code";
import { Facts } from "../../components/Facts";
import { Id } from "../../components/Id";
import { Loaded } from "../../components/Loaded";
import { Panel } from "../../components/Panel";
import { DiffView } from "../files/DiffView";
import { rowsOfPatch } from "../files/diffrows";
import { parsePatch } from "../files/patch";
import { codeFacts, ENVIRONMENT, isGrowing, LOCK, PATCH } from "./facts";
import { NotKept } from "./NotKept";
import frame from "./RunParts.module.css";
import { runRoute } from "./route";
import { strings } from "./strings";
import { Tree } from "./Tree";

/** Which code a run ran: the commit, what differed from it, and the command. */
export function RunCode() {
  const { runId } = runRoute.useParams();
  const run = useRun(runId).data;
  const growing = run !== undefined && isGrowing(run, Date.now());
  const query = useTexts([runId], [PATCH, ENVIRONMENT, LOCK], growing);
  if (!run) return null;
  const code = codeFacts(run);
  if (!code.commit && !code.command && !code.source) {
    return <NotKept run={run} title={strings.noCode} text={strings.noCodeText} />;
  }
  return (
    <div className={frame.stack}>
      <Panel title={strings.code}>
        <Facts
          items={[
            [strings.commit, code.commit && <Id key="c" value={code.commit} length={12} />],
            [strings.tree, code.commit && <Tree key="t" dirty={code.dirty} />],
            [strings.branch, code.branch],
            [strings.repository, code.repository],
            [strings.source, code.source && <code key="s">{code.source}</code>],
            [strings.kind, code.kind.toLowerCase()],
            [strings.entry, code.entry],
          ]}
        />
      </Panel>
      {code.command && (
        <Panel title={strings.command}>
          <Code label={strings.command} text={code.command} />
        </Panel>
      )}
      {code.commit && (
        <Loaded query={query} failed={strings.textsFailed} lines={6}>
          {(texts) => <Patch file={texts.of(runId, PATCH)} dirty={code.dirty} />}
        </Loaded>
      )}
    </div>
  );
}

interface PatchProps {
  file: { readonly text: string | undefined; readonly size: number } | undefined;
  dirty: boolean | undefined;
}

const WHOLE = 1 << 20; // bytes of a patch that are kept

function Patch({ file, dirty }: PatchProps) {
  const files = useMemo(() => parsePatch(file?.text ?? ""), [file?.text]);
  const rows = useMemo(() => rowsOfPatch(files), [files]);
  if (!file?.text) return dirty ? <p className={frame.note}>{strings.onlyUntracked}</p> : null;
  return (
    <Panel title={strings.changes} count={files.length} flush>
      <DiffView
        label={strings.changes}
        rows={rows}
        note={file.size >= WHOLE ? strings.patchCut : undefined}
      />
    </Panel>
  );
}
