import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { lazy, Suspense, useMemo, useRef, useState } from "react";
import { ApiError, call, callAlone } from "../../api/client";
import { MOST_COMPARED } from "../../api/compare";
import { useCurveRuns } from "../../api/curveRuns";
import { type TableRow, useRunGroups } from "../../api/runGroups";
import { nestedQuery, useRunRows } from "../../api/runTable";
import { DataGrid } from "../../components/DataGrid";
import { ErrorNote } from "../../components/ErrorNote";
import { Skeleton } from "../../components/Skeleton";
import { type Stroke, strokesOf } from "../../lib/colour";
import { writtenIds } from "../../lib/runIds";
import { compact, readSorts, writeSorts } from "../../lib/search";
import type { RunRow } from "../../lib/table";
import { useKeys } from "../../state/keys";
import { groupId } from "../../state/lit";
import { strings as shell } from "../../strings";
import { curvesAsked } from "../charts/curvesAsked";
import { isNudge } from "../charts/view";
import { FIXED, keyColumn, nameColumn } from "../runs/columns";
import styles from "./Experiment.module.css";
import { useEditing } from "./editing";
import { FilterBox } from "./FilterBox";
import { useFields, useLate } from "./fields";
import { withGroups } from "./groupColumns";
import { itemColumn } from "./ItemChips";
import { NoRuns } from "./NoRuns";
import { nestingOf, withNesting } from "./nestedColumns";
import { Peek } from "./Peek";
import { QuickFilters } from "./QuickFilters";
import { RunsTools } from "./RunsTools";
import { type Change, experimentRoute, type TableSearch } from "./route";
import { useSelection } from "./selection";
import { strings } from "./strings";

const PATIENCE = 250; // milliseconds for which rows wait to be read with their keys at once
const LATEST = ["attributes.start_time DESC"];
const NONE: readonly string[] = [];
const Curves = lazy(async () => ({ default: (await import("../charts/Curves")).Curves }));

/** The runs of an experiment, any number of them. */
export function RunsTable({ experimentId, name }: { experimentId: string; name: string }) {
  const search = experimentRoute.useSearch();
  const { filter = "", by, stat = "mean", open = NONE, peek } = search;
  const pins = JSON.stringify(search.pin ?? NONE);
  const deleted = search.view === "deleted";
  const { nest } = search;
  const split = search.view === "split";
  const navigate = useNavigate();
  const sorts = useMemo(() => readSorts(search.sort), [search.sort]);
  const experiments = useMemo(() => [experimentId], [experimentId]);
  const asks = nest === undefined && !filter && !by;
  const found = useQuery({ ...nestedQuery(experiments, deleted), enabled: asks });
  const tree = nest === "tree" || (nest === undefined && found.data === true);
  const nested = !by && (nest === "always" || (tree && !filter));
  const { fields, known } = useFields(experiments, search.cols);
  const late = useLate(PATIENCE);
  const order = sorts.map(({ key, descending }) => `${key} ${descending ? "DESC" : "ASC"}`);
  const asked = {
    experiments,
    filter,
    order: order.length ? order : LATEST,
    deleted,
    columns: fields,
    // A match never hides: with a filter all is unfolded, but for what was folded by hand.
    outline: nested ? { unfold: filter !== "", except: open } : undefined,
  };
  const can = (known || late) && !(asks && found.isPending);
  // Rows that were read stay when columns only change their places.
  const ready = can ? { ...asked, columns: [...fields].sort() } : undefined;
  const flat = useRunRows(by ? undefined : ready, split ? call : callAlone);
  const groups = useRunGroups(ready, by, sorts[0], open);
  const rows = by ? groups : flat;
  const runs = by ? groups.runs : flat.runs;
  const about = JSON.stringify([experimentId, filter, order, deleted, by, nested]);
  // The runs that the charts beside the table draw.
  const [drawn, setDrawn] = useState<readonly (Stroke & { id: string })[]>([]);
  const show = (next: TableSearch, replace = false) =>
    void navigate({
      to: "/experiments/$experimentId",
      params: { experimentId },
      search: compact(next) as object,
      replace,
      // Else the router would put the grid back to where it was among other rows.
      resetScroll: false,
    });
  const change = (part: Change, replace = false) =>
    show({ ...search, ...part } as TableSearch, replace);
  const chosen = useSelection(rows, runs, about, search.sel, (sel) => change({ sel }, true));
  // All of one answer are not all of another.
  const sel = search.sel === "all" ? undefined : search.sel;
  const ask = (text: string) =>
    change({ filter: text || undefined, sel, open: by ? search.open : undefined });
  const toggle = ({ id }: TableRow) => {
    const next = open.includes(id) ? open.filter((other) => other !== id) : [...open, id];
    change({ open: next.length ? next : undefined }, true);
  };
  const latest = useRef(toggle);
  latest.current = toggle;
  const columns = useMemo(() => {
    const few = chosen.ids.size <= MOST_COMPARED ? [...chosen.ids] : [];
    const lines = new Map(by ? [] : drawn.map((run) => [run.id, run]));
    const pin = JSON.parse(pins) as string[];
    const all = [
      nameColumn(split ? lines : strokesOf(few)),
      ...FIXED,
      ...inOrder(rows.columns, fields).map((id) => ({
        ...(itemColumn(id) ?? keyColumn(id)),
        pinned: pin.includes(id),
      })),
    ];
    const toggle = (row: TableRow) => latest.current(row);
    const placed = nested ? withNesting(all, filter !== "", toggle) : all;
    return withGroups(placed, by ? stat : undefined, toggle);
  }, [rows.columns, fields, pins, chosen.ids, by, stat, nested, filter, split, drawn]);
  const editing = useEditing(experimentId, deleted);
  const compare = () => {
    const ids = chosen.ids;
    if (ids.size < 2 || ids.size > MOST_COMPARED) return;
    void navigate({ to: "/compare", search: { runs: writtenIds([...ids]), in: experimentId } });
  };
  useKeys([{ keys: "c", label: strings.runs.compareKey, group: shell.keys.page, run: compare }]);
  const peekAt = (index: number, moved: boolean) => {
    const row = rows.rowAt(index);
    if (!row || (moved && !peek)) return;
    if (!("group" in row)) change({ peek: !moved && peek === row.id ? undefined : row.id }, true);
    else if (!moved) toggle(row);
  };
  const there = !rows.isPending && !(rows.error && !rows.total);
  const refused = rows.error instanceof ApiError && rows.error.status === 400;
  const refusal = nested && !filter ? strings.nesting.refused : strings.runs.refused;
  return (
    <div className={styles.body}>
      <div className={styles.bar}>
        <FilterBox experiments={experiments} value={filter} onChange={ask} />
        <QuickFilters filter={filter} onChange={ask} />
      </div>
      <RunsTools
        experiments={experiments}
        name={name}
        asked={asked}
        search={search}
        chosen={chosen}
        runs={there ? runs : undefined}
        of={nested && there ? flat.of : undefined}
        groups={by && there ? groups.groups : undefined}
        sel={sel}
        onCompare={compare}
        onChange={change}
        onShow={show}
      />
      {rows.error && (
        <ErrorNote
          title={refused ? refusal : strings.runs.failed}
          problem={rows.error}
          onRetry={refused ? undefined : rows.refetch}
        />
      )}
      <div className={styles.halves}>
        <div className={styles.beside}>
          <div className={`${styles.grid} ${rows.isOld ? styles.old : ""}`}>
            {rows.isPending && <Skeleton lines={12} />}
            {there && (
              <DataGrid
                label={strings.runs.label}
                columns={editing.within(columns)}
                count={rows.total}
                rowAt={rows.rowAt}
                rowKey={({ id }) => id}
                onRange={rows.onRange}
                about={about}
                sorts={sorts}
                onSort={(next) => change({ sort: writeSorts(next) })}
                selection={chosen}
                litBy={split ? litBy : undefined}
                nesting={nested ? (row) => nestingOf(row as RunRow) : undefined}
                onUnfold={toggle}
                onOpen={(row) =>
                  "group" in row
                    ? toggle(row)
                    : void navigate({ to: "/runs/$runId", params: { runId: row.id } })
                }
                onEdit={editing.begin}
                onPeek={(index) => peekAt(index, false)}
                onMove={(index) => peekAt(index, true)}
                empty={
                  <NoRuns
                    experiments={experiments}
                    name={name}
                    filter={filter}
                    deleted={deleted}
                    onClear={() => ask("")}
                  />
                }
              />
            )}
          </div>
          {editing.dialog}
          {peek && <Peek runId={peek} onClose={() => change({ peek: undefined }, true)} />}
        </div>
        {split && (
          <section className={styles.charts} aria-label={strings.runs.beside} data-scrolls>
            <Ahead experiments={experiments} search={search} />
            <Suspense fallback={<Skeleton lines={12} />}>
              <Curves
                experiments={experiments}
                search={search}
                onChange={(part) => change(part, isNudge(part, search))}
                onRuns={setDrawn}
                beside
              />
            </Suspense>
          </section>
        )}
      </div>
    </div>
  );
}

/** Asks for what the charts need with the rows, while their code is on its way. */
function Ahead(props: { experiments: readonly string[]; search: TableSearch }) {
  useCurveRuns(curvesAsked(props.experiments, props.search, true));
  return null;
}

/** What of the charts a row stands for: the line of its run, or of its group. */
const litBy = (row: TableRow) => ("group" in row ? groupId(row.group.group) : row.id);

/** Columns in the order of those that are wanted; what is wanted no more comes last. */
function inOrder(columns: readonly string[], wanted: readonly string[]): string[] {
  const places = new Map(wanted.map((id, i) => [id, i]));
  const place = (id: string) => places.get(id) ?? wanted.length;
  return [...columns].sort((a, b) => place(a) - place(b));
}
