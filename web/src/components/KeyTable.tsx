import { type ReactNode, useDeferredValue, useState } from "react";
import { grouped } from "../lib/number";
import { strings } from "../strings";
import { Button } from "./Button";
import { SearchBox } from "./Field";
import styles from "./KeyTable.module.css";
import { Panel } from "./Panel";
import { type Head, Table } from "./Table";

interface KeyTableProps<T extends { key: string }> {
  title: string;
  none: string;
  items: readonly T[];
  /** Whether it is not known if there are any; `none` says why, then. */
  unknown?: boolean;
  /** What a row is known by, where keys are not enough. */
  rowKey?: (item: T) => string;
  heads: readonly Head[];
  cells: (item: T) => readonly ReactNode[];
  actions?: ReactNode;
}

const FEW = 12; // rows from which there is a filter
const FIRST = 100; // rows drawn until more are asked for

/** Keys and values in the order of the keys, with a filter when there are many. */
export function KeyTable<T extends { key: string }>(props: KeyTableProps<T>) {
  const { title, none, items, unknown, heads, cells, actions } = props;
  const { rowKey = (item) => item.key } = props;
  const [typed, setTyped] = useState("");
  const [all, setAll] = useState(false);
  const wanted = useDeferredValue(typed.toLowerCase());
  const fitting = items
    .filter((item) => item.key.toLowerCase().includes(wanted))
    .sort((a, b) => a.key.localeCompare(b.key));
  const shown = all ? fitting : fitting.slice(0, FIRST);
  return (
    <Panel title={title} count={unknown ? undefined : items.length} actions={actions} flush>
      {items.length > FEW && (
        <div className={styles.filter}>
          <SearchBox label={strings.filterKeys} value={typed} onChange={setTyped} />
        </div>
      )}
      {items.length ? (
        <Table
          label={title}
          heads={heads}
          rows={shown}
          rowKey={rowKey}
          cells={cells}
          first={({ key }) => key}
        />
      ) : (
        <p className={styles.none}>{none}</p>
      )}
      {shown.length < fitting.length && (
        <div className={styles.more}>
          <Button onClick={() => setAll(true)}>{grouped(fitting.length - FIRST)} …</Button>
        </div>
      )}
    </Panel>
  );
}
