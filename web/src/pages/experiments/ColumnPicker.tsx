import { useQuery } from "@tanstack/react-query";
import { useDeferredValue, useState } from "react";
import { runKeys } from "../../api/runTable";
import { Button } from "../../components/Button";
import { Dialog } from "../../components/Dialog";
import { ErrorNote } from "../../components/ErrorNote";
import { Check, SearchBox } from "../../components/Field";
import { Skeleton } from "../../components/Skeleton";
import { field } from "../../lib/filter";
import styles from "./ColumnPicker.module.css";
import { strings } from "./strings";

interface ColumnPickerProps {
  experiments: readonly string[];
  shown: readonly string[];
  /** Whether the columns are those that vary. */
  automatic: boolean;
  onChange: (fields: string[] | undefined) => void;
  onClose: () => void;
}

const FEW = 200; // keys that are listed; the others are found by their letters
const KINDS = { metric: "metrics", param: "params", tag: "tags" } as const;

/** Metrics, params and tags as columns: those that vary first. */
export function ColumnPicker(props: ColumnPickerProps) {
  const { experiments, shown, automatic, onChange, onClose } = props;
  const [typed, setTyped] = useState("");
  const text = useDeferredValue(typed);
  const query = useQuery(runKeys(experiments, false, text, FEW + 1));
  const found = query.data?.keys ?? [];
  const keys = found
    .slice(0, FEW)
    .filter(({ key }) => !key.startsWith("mlflow."))
    .map((one) => ({ ...one, id: field(KINDS[one.kind], one.key) }))
    .sort((a, b) => Number(b.varies) - Number(a.varies));
  const here = new Set(keys.map(({ id }) => id));
  const others = shown.filter((id) => !here.has(id) && id.includes(text));
  const set = (id: string, on: boolean) =>
    onChange(on ? [...shown, id] : shown.filter((other) => other !== id));
  const actions = (
    <>
      <Button disabled={automatic} onClick={() => onChange(undefined)}>
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
        <ul className={styles.list} aria-label={strings.columns.title}>
          {others.map((id) => (
            <li key={id}>
              <Check checked onChange={() => set(id, false)}>
                {id}
              </Check>
            </li>
          ))}
          {keys.map(({ id, key, kind, runs, varies }) => (
            <li key={id}>
              <Check checked={shown.includes(id)} onChange={(on) => set(id, on)}>
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
        {query.data && !keys.length && !others.length && (
          <p className={styles.soft}>{strings.columns.none(text)}</p>
        )}
      </div>
    </Dialog>
  );
}
