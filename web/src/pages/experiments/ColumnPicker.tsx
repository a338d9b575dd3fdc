import { useQuery } from "@tanstack/react-query";
import { useDeferredValue, useState } from "react";
import { runKeys } from "../../api/runKeys";
import { Button } from "../../components/Button";
import { Dialog } from "../../components/Dialog";
import { ErrorNote } from "../../components/ErrorNote";
import { Check, SearchBox } from "../../components/Field";
import { Skeleton } from "../../components/Skeleton";
import { readColumn } from "../../lib/columns";
import { field } from "../../lib/filter";
import styles from "./ColumnPicker.module.css";
import { ITEMS } from "./ItemChips";
import type { Change } from "./route";
import { ShownColumns } from "./ShownColumns";
import { strings } from "./strings";

interface ColumnPickerProps {
  experiments: readonly string[];
  /** Columns, in the order in which they stand. */
  shown: readonly string[];
  /** Those of them that stay at the left. */
  pinned: readonly string[];
  /** Whether the columns are those that vary. */
  automatic: boolean;
  onChange: (part: Change, replace?: boolean) => void;
  onClose: () => void;
}

const FEW = 200; // keys that are listed; the others are found by their letters
const KINDS = { metric: "metrics", param: "params", tag: "tags" } as const;

/** Metrics, params and tags as columns: which, in which order; of the others those that vary first. */
export function ColumnPicker(props: ColumnPickerProps) {
  const { experiments, shown, pinned, automatic, onChange, onClose } = props;
  const [typed, setTyped] = useState("");
  const text = useDeferredValue(typed);
  const query = useQuery(runKeys(experiments, false, text, FEW + 1));
  const found = query.data?.keys ?? [];
  const here = new Set(shown.map((id) => readColumn(id).base));
  const keys = found
    .slice(0, FEW)
    .filter(({ key }) => !key.startsWith("mlflow."))
    .map((one) => ({ ...one, id: field(KINDS[one.kind], one.key) }))
    .filter(({ id }) => !here.has(id))
    .sort((a, b) => Number(b.varies) - Number(a.varies));
  const items = Object.entries(ITEMS).filter(
    ([id, name]) => !here.has(id) && name.toLowerCase().includes(text.toLowerCase()),
  );
  const change = (cols: readonly string[], pin: readonly string[]) => {
    const kept = pin.filter((id) => cols.includes(id));
    // Many little steps would bury the way back.
    onChange({ cols: [...cols], pin: kept.length ? kept : undefined }, true);
  };
  const actions = (
    <>
      <Button disabled={automatic} onClick={() => onChange({ cols: undefined, pin: undefined })}>
        {strings.columns.automatic}
      </Button>
      <Button kind="primary" onClick={onClose}>
        {strings.columns.done}
      </Button>
    </>
  );
  return (
    <Dialog title={strings.columns.title} onClose={onClose} actions={actions}>
      <div className={styles.body}>
        <SearchBox label={strings.columns.find} value={typed} onChange={setTyped} />
        {query.isPending && <Skeleton lines={8} />}
        {query.isError && <ErrorNote title={strings.columns.failed} problem={query.error} />}
        <div className={styles.lists}>
          <ShownColumns shown={shown} pinned={pinned} text={text} onChange={change} />
          {keys.length + items.length > 0 && <h3>{strings.columns.others}</h3>}
          <ul aria-label={strings.columns.others}>
            {items.map(([id, name]) => (
              <li key={id}>
                <Check checked={false} onChange={() => change([...shown, id], pinned)}>
                  {name}
                </Check>
                <span className={styles.soft}>{strings.items.about[id]}</span>
              </li>
            ))}
            {keys.map(({ id, key, kind, runs, varies }) => (
              <li key={id}>
                <Check checked={false} onChange={() => change([...shown, id], pinned)}>
                  {key}
                </Check>
                <span className={styles.soft}>
                  {varies ? "" : `${strings.columns.same} · `}
                  {strings.columns.kinds[kind]} · {strings.columns.runs(runs)}
                </span>
              </li>
            ))}
          </ul>
          {found.length > FEW && <p className={styles.soft}>{strings.columns.more(FEW)}</p>}
          {query.data && !keys.length && !items.length && (text || !shown.length) && (
            <p className={styles.soft}>{strings.columns.none(text)}</p>
          )}
        </div>
      </div>
    </Dialog>
  );
}
