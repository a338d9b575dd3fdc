import { type ReactNode, useDeferredValue, useMemo, useState } from "react";
import { Button } from "../../../components/Button";
import { CopyButton } from "../../../components/CopyButton";
import { SearchBox } from "../../../components/Field";
import { VirtualTree } from "../../../components/VirtualTree";
import { type JsonRow, parseJson, rowsOfJson } from "../json";
import { strings } from "../strings";
import { Read } from "./Read";
import styles from "./viewers.module.css";

interface JsonViewProps {
  text: string;
  name: string;
  /** Shows the text when it is no JSON. */
  fallback: ReactNode;
}

/** Values as a tree, each with the path to it. */
export default function JsonView({ text, name, fallback }: JsonViewProps) {
  return (
    <Read text={text} noun="JSON" read={parseJson} fallback={fallback}>
      {(value) => <JsonTree value={value} name={name} />}
    </Read>
  );
}

function JsonTree({ value, name }: { value: ReturnType<typeof parseJson>; name: string }) {
  const [turned, setTurned] = useState<ReadonlySet<string>>(new Set()); // from what they are first
  const [chosen, setChosen] = useState<string | undefined>();
  const [typed, setTyped] = useState("");
  const wanted = useDeferredValue(typed.toLowerCase());
  const rows = useMemo(() => rowsOfJson(value, turned, wanted), [value, turned, wanted]);
  const toggle = ({ key }: JsonRow) =>
    setTurned((old) => {
      const next = new Set(old);
      if (!next.delete(key)) next.add(key);
      return next;
    });
  const path = rows.find((row) => row.key === chosen)?.path;
  return (
    <div className={styles.fill}>
      <div className={styles.bar}>
        <SearchBox label={strings.findJson} value={typed} onChange={setTyped} />
        {turned.size > 0 && (
          <Button onClick={() => setTurned(new Set())}>{strings.closeAll}</Button>
        )}
        {path !== undefined && (
          <>
            <code>{path || "$"}</code>
            <CopyButton value={path} label={strings.copyPath} />
          </>
        )}
      </div>
      <div className={styles.grow}>
        <VirtualTree
          label={strings.json(name)}
          rows={rows}
          chosen={chosen}
          cell={JsonCell}
          onToggle={toggle}
          onChoose={(row) => {
            setChosen(row.key);
            if (row.open !== undefined) toggle(row);
          }}
        />
      </div>
    </div>
  );
}

const KINDS: Record<JsonRow["kind"], string | undefined> = {
  text: styles.string,
  number: styles.digits,
  word: styles.word,
  items: styles.more,
};

function JsonCell({ name, kind, shown }: JsonRow) {
  return (
    <span className={styles.json}>
      {name !== undefined && <span className={styles.key}>{name}:</span>}
      <span className={KINDS[kind]} title={shown}>
        {shown}
      </span>
    </span>
  );
}
