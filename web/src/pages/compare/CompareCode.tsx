import { useMemo, useState } from "react";
import { type RunFileText, useTexts } from "../../api/files";
import { ErrorNote } from "../../components/ErrorNote";
import { Loaded } from "../../components/Loaded";
import { Panel } from "../../components/Panel";
import { Skeleton } from "../../components/Skeleton";
import { useTextDiff } from "../files/aside";
import { DiffView } from "../files/DiffView";
import { rowsOfDiff, type TextDiff } from "../files/diffrows";
import { countLines, sizeOf } from "../files/textdiff";
import { codeFacts, ENVIRONMENT, LOCK, PATCH } from "../runs/facts";
import type { Compared, PartProps } from "./Compare";
import styles from "./Compare.module.css";
import { Other } from "./Other";
import { SideGrid } from "./SideGrid";
import { codeRows } from "./sides";
import { strings } from "./strings";

/** Which code the runs ran, and what the uncommitted changes of two of them have in common. */
export function CompareCode(props: PartProps) {
  const { runs } = props;
  const ids = runs.map(({ run }) => run.info.run_id);
  const query = useTexts(ids, [PATCH, ENVIRONMENT, LOCK]);
  const rows = useMemo(
    () =>
      codeRows(
        runs.map(({ run }) => codeFacts(run)),
        strings.code,
      ),
    [runs],
  );
  return (
    <div className={styles.parts}>
      <SideGrid {...props} label={strings.tabs.code} rows={rows} find={strings.find} />
      <Loaded query={query} failed={strings.textsFailed} lines={6}>
        {(texts) => (
          <Other {...props}>
            {(first, other) => (
              <Patches
                first={first}
                other={other}
                before={texts.of(first.run.info.run_id, PATCH)}
                after={texts.of(other.run.info.run_id, PATCH)}
              />
            )}
          </Other>
        )}
      </Loaded>
    </div>
  );
}

interface PatchesProps {
  first: Compared;
  other: Compared;
  before: RunFileText | undefined;
  after: RunFileText | undefined;
}

function Patches({ first, other, before, after }: PatchesProps) {
  const commits = [first, other].map(({ run }) => codeFacts(run).commit);
  const apart = commits[0] !== commits[1] && commits[0] && commits[1];
  const note = apart ? <p className={styles.note}>{strings.commitsDiffer}</p> : null;
  if (before?.digest === after?.digest) {
    return (
      <>
        {note}
        <p className={styles.note}>{before ? strings.samePatch : strings.noPatch}</p>
      </>
    );
  }
  return (
    <>
      {note}
      <Panel title={strings.patches(first.name, other.name)} flush>
        <TextDiffView
          label={strings.patches(first.name, other.name)}
          before={before?.text ?? ""}
          after={after?.text ?? ""}
        />
      </Panel>
    </>
  );
}

const MOST_LINES = 100_000;

/** What two texts have not in common, line by line. */
export function TextDiffView(props: { label: string; before: string; after: string }) {
  const { before, after } = props;
  if (countLines(before) + countLines(after) > MOST_LINES) {
    return <p className={styles.pad}>{strings.tooLong}</p>;
  }
  return <FoundDiff {...props} />;
}

function FoundDiff(props: { label: string; before: string; after: string }) {
  const { found, problem, again } = useTextDiff(props.before, props.after);
  if (problem) return <ErrorNote title={strings.diffFailed} problem={problem} onRetry={again} />;
  return found ? <DiffLines label={props.label} found={found} /> : <Skeleton lines={6} />;
}

function DiffLines({ label, found }: { label: string; found: TextDiff }) {
  const [opened, setOpened] = useState<ReadonlySet<number>>(new Set());
  const rows = useMemo(() => rowsOfDiff(found, opened), [found, opened]);
  const { removed, added } = sizeOf(found.blocks);
  return (
    <DiffView
      label={label}
      rows={rows}
      note={strings.lines(removed, added)}
      onGap={(gap) => setOpened((old) => new Set([...old, gap]))}
    />
  );
}
