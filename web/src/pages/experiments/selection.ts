import { useEffect, useRef, useState } from "react";
import type { TableRow } from "../../api/runGroups";
import type { RunRows } from "../../api/runTable";
import type { Selection } from "../../components/DataGrid";
import { selectedIds, writtenIds } from "../../lib/runIds";
import { say } from "../../state/toasts";
import { strings } from "./strings";

const ALL = "all";
const MOST_KEPT = 50; // runs that an address names

export interface ChosenRuns extends Selection<TableRow> {
  readonly ids: ReadonlySet<string>;
  readonly set: (ids: ReadonlySet<string>) => void;
}

/**
 * The selected runs, whether loaded or not. The address has up to 50 of them, or that it is all.
 *
 * @param rows what is selected from.
 * @param runs how many there are in all.
 * @param about the question that they answer.
 * @param kept what the address says.
 * @param keep called with what it should say.
 */
export function useSelection(
  rows: RunRows<TableRow>,
  runs: number,
  about: string,
  kept: string | undefined,
  keep: (text: string | undefined) => void,
): ChosenRuns {
  const [held, setHeld] = useState<Held>({ ids: selectedIds(kept) });
  // The runs of groups whose heads were ticked.
  const groups = useRef(new Map<string, readonly string[]>());
  const latest = useRef(held);
  const said = useRef(kept === ALL ? undefined : kept);
  const set = (ids: ReadonlySet<string>, all?: string) => {
    latest.current = { ids, all };
    setHeld(latest.current);
    const few = ids.size > 0 && ids.size <= MOST_KEPT ? writtenIds([...ids]) : undefined;
    said.current = all && ids.size ? ALL : few;
    if (said.current !== kept) keep(said.current);
  };
  const read = async (
    first: number | undefined, // all when undefined
    last: number,
    then: (ids: string[]) => void,
  ) => {
    const all = rows.allIds ?? (() => rows.idsAt(0, rows.total - 1));
    try {
      then(await (first === undefined ? all() : rows.idsAt(first, last)));
    } catch (problem) {
      say("bad", strings.runs.notSelected, problem instanceof Error ? problem.message : "");
    }
  };
  const selectAll = () =>
    void read(undefined, 0, (ids) => set(new Set([...latest.current.ids, ...ids]), about));
  const ready = !rows.isPending && !rows.isOld && !rows.error;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the address speaks when it changes
  useEffect(() => {
    if (kept === said.current || !ready) return;
    said.current = kept;
    if (kept === ALL) selectAll();
    else {
      latest.current = { ids: selectedIds(kept) };
      setHeld(latest.current);
    }
  }, [kept, ready]);
  const has = (row: TableRow) => {
    if (!("group" in row)) return held.ids.has(row.id);
    const ids = groups.current.get(row.id);
    return held.all === about || (ids?.every((id) => held.ids.has(id)) ?? false);
  };
  const all = held.all === about && held.ids.size >= runs;
  return {
    ids: held.ids,
    set: (ids) => set(ids),
    has,
    nameOf: (row) => ("group" in row ? strings.groups.named(row.name) : row.name),
    all: all || (held.ids.size > 0 ? "some" : false),
    toggle: (index, from) => {
      const row = rows.rowAt(index);
      if (!row) return;
      const on = !has(row);
      const change = (ids: readonly string[]) => {
        const next = new Set(latest.current.ids);
        for (const id of ids) on ? next.add(id) : next.delete(id);
        set(next);
      };
      if ("group" in row && from === index) {
        void read(index, index, (ids) => {
          groups.current.set(row.id, ids);
          change(ids);
        });
      } else if (from === index) change([row.id]);
      else void read(Math.min(from, index), Math.max(from, index), change);
    },
    toggleAll: (on) => (on ? selectAll() : set(new Set())),
  };
}

interface Held {
  readonly ids: ReadonlySet<string>;
  /** The question of which these are all. */
  readonly all?: string | undefined;
}
