import { keepPreviousData, skipToken, useQuery } from "@tanstack/react-query";
import { type ReactNode, useDeferredValue, useState } from "react";
import { grouped } from "../lib/number";
import { strings } from "../strings";
import { Button } from "./Button";
import { ErrorNote } from "./ErrorNote";
import { SearchBox } from "./Field";
import styles from "./KeyTable.module.css";
import { Panel } from "./Panel";
import { type Head, Table } from "./Table";

interface KeyTableProps<T extends { key: string }> {
  title: string;
  none: string;
  items: readonly T[];
  /** How many there are, where these are the first by their keys; `find` finds the others. */
  total?: number;
  find?: Find<T>;
  /** Whether it is not known if there are any; `none` says why, then. */
  unknown?: boolean;
  /** What a row is known by, where keys are not enough. */
  rowKey?: (item: T) => string;
  heads: readonly Head[];
  cells: (item: T) => readonly ReactNode[];
  actions?: ReactNode;
}

/** Finds things whose keys contain a text: the first of so many. */
export type Find<T> = (
  part: string,
  most: number,
) => {
  readonly queryKey: readonly unknown[];
  readonly queryFn: (asked: { readonly signal: AbortSignal }) => Promise<FoundItems<T>>;
  readonly refetchInterval?: number | false;
};

export interface FoundItems<T> {
  readonly count: number;
  readonly items: readonly T[];
}

const FEW = 12; // rows from which there is a filter
const FIRST = 100; // rows drawn until more are asked for

/** Keys and values in the order of the keys, with a filter when there are many. */
export function KeyTable<T extends { key: string }>(props: KeyTableProps<T>) {
  const { title, none, items, unknown, heads, cells, actions } = props;
  const { rowKey = (item) => item.key, total = items.length, find } = props;
  const [typed, setTyped] = useState("");
  const [all, setAll] = useState(false);
  const wanted = useDeferredValue(typed.toLowerCase());
  const fitting = items
    .filter((item) => item.key.toLowerCase().includes(wanted))
    .sort((a, b) => a.key.localeCompare(b.key));
  const asks = find !== undefined && total > items.length && (wanted !== "" || all);
  const found = useQuery<FoundItems<T>>({
    ...(find?.(wanted, all ? total : FIRST) ?? { queryKey: ["nothing"], queryFn: skipToken }),
    enabled: asks,
    placeholderData: keepPreviousData,
  });
  const known = asks ? found.data?.items : fitting;
  const count = (asks ? found.data?.count : undefined) ?? (wanted ? fitting.length : total);
  const shown = all ? (known ?? fitting) : (known ?? fitting).slice(0, FIRST);
  return (
    <Panel title={title} count={unknown ? undefined : total} actions={actions} flush>
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
      {asks && found.isError && (
        <ErrorNote
          title={strings.keysFailed}
          problem={found.error}
          onRetry={() => void found.refetch()}
        />
      )}
      {!all && shown.length < count && (
        <div className={styles.more}>
          <Button onClick={() => setAll(true)}>{grouped(count - shown.length)} …</Button>
        </div>
      )}
    </Panel>
  );
}
