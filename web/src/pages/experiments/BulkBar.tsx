import { useState } from "react";
import { MOST_COMPARED } from "../../api/compare";
import { NOTE } from "../../api/edits";
import { useWhyNot } from "../../api/grants";
import { Button } from "../../components/Button";
import { ReasonButton } from "../../components/ReasonButton";
import { type Bulk, useBulk } from "./bulk";
import styles from "./Experiment.module.css";
import { NameDialog, TextTagDialog } from "./RunTexts";
import { strings } from "./strings";
import { TagDialog } from "./TagDialog";

interface BulkBarProps {
  experimentId: string;
  ids: ReadonlySet<string>;
  deleted: boolean;
  /** How many runs there are to select. */
  total: number;
  onSelectAll: () => void;
  onSelect: (ids: ReadonlySet<string>) => void;
  onCompare: () => void;
}

/** What can be done with the selected runs; while something is done, how far it is. */
export function BulkBar(props: BulkBarProps) {
  const { ids, total, onSelect } = props;
  const bulk = useBulk((gone) => {
    const next = new Set(ids);
    for (const id of gone) next.delete(id);
    onSelect(next);
  });
  if (bulk.progress) {
    const { tried, of } = bulk.progress;
    return (
      <div className={styles.bulk}>
        <progress value={tried} max={of} aria-label={strings.bulk.progress(tried, of)} />
        <span className="num">{strings.bulk.progress(tried, of)}</span>
        <Button onClick={bulk.stop}>{strings.bulk.stop}</Button>
      </div>
    );
  }
  if (!ids.size) return null;
  return (
    <div className={styles.bulk} role="toolbar" aria-label={strings.bulk.label}>
      <Acts {...props} bulk={bulk} />
      {ids.size < total && (
        <Button kind="quiet" onClick={props.onSelectAll}>
          {strings.runs.selectAll(total)}
        </Button>
      )}
      <Button kind="quiet" onClick={() => onSelect(new Set())}>
        {strings.runs.clearSelection}
      </Button>
    </div>
  );
}

function Acts({ experimentId, ids, deleted, bulk, onCompare }: BulkBarProps & { bulk: Bulk }) {
  const [open, setOpen] = useState<"" | "tags" | "name" | "note">("");
  const close = () => setOpen("");
  const only = ids.size === 1 ? [...ids][0] : undefined;
  const object = `experiment:${experimentId}`;
  const noEdit = useWhyNot(object, "CAN_EDIT");
  const noManage = useWhyNot(object, "CAN_MANAGE");
  const comparable = ids.size > 1 && ids.size <= MOST_COMPARED;
  const few = comparable ? undefined : strings.runs.compareMore(MOST_COMPARED);
  return (
    <>
      <ReasonButton kind="primary" why={few} onClick={onCompare}>
        {strings.runs.compare}
      </ReasonButton>
      {deleted ? (
        <ReasonButton why={noManage} onClick={() => void bulk.restore([...ids])}>
          {strings.bulk.restore}
        </ReasonButton>
      ) : (
        <>
          <ReasonButton why={noEdit} onClick={() => setOpen("tags")}>
            {strings.bulk.tag}
          </ReasonButton>
          {only && (
            <>
              <ReasonButton why={noEdit} onClick={() => setOpen("name")}>
                {strings.edits.rename}
              </ReasonButton>
              <ReasonButton why={noEdit} onClick={() => setOpen("note")}>
                {strings.edits.describe}
              </ReasonButton>
            </>
          )}
          <ReasonButton why={noManage} onClick={() => void bulk.remove([...ids])}>
            {strings.bulk.delete}
          </ReasonButton>
        </>
      )}
      {open === "tags" && <TagDialog ids={[...ids]} bulk={bulk} onClose={close} />}
      {only && open === "name" && <NameDialog runId={only} onClose={close} />}
      {only && open === "note" && <TextTagDialog runId={only} tag={NOTE} onClose={close} />}
    </>
  );
}
