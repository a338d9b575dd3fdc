import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useEffect, useMemo, useState } from "react";
import { ApiError } from "../../api/client";
import { MOST_COMPARED } from "../../api/compare";
import { runKeys, useRunRows } from "../../api/runTable";
import { Badge } from "../../components/Badge";
import { Button, IconButton } from "../../components/Button";
import { DataGrid } from "../../components/DataGrid";
import { ErrorNote } from "../../components/ErrorNote";
import { Menu, MenuItem } from "../../components/Menu";
import { Skeleton } from "../../components/Skeleton";
import { strokesOf } from "../../lib/colour";
import { field } from "../../lib/filter";
import { compact, readSort, type Sort, writeSort } from "../../lib/search";
import { useKeys } from "../../state/keys";
import { strings as shell } from "../../strings";
import { FIXED, keyColumn, nameColumn } from "../runs/columns";
import { BulkBar } from "./BulkBar";
import { ColumnPicker } from "./ColumnPicker";
import styles from "./Experiment.module.css";
import { ExportMenu } from "./ExportMenu";
import { FilterBox } from "./FilterBox";
import { NoRuns } from "./NoRuns";
import { experimentRoute, type RunsSearch } from "./route";
import { useSelection } from "./selection";
import { strings } from "./strings";

const MOST_VARYING = 12;
const FEW_KEYS = 1000;
const PATIENCE = 250; // milliseconds for which rows wait to be read with their keys at once
const LATEST = ["attributes.start_time DESC"];

/** The runs of an experiment, any number of them. */
export function RunsTable({ experimentId, name }: { experimentId: string; name: string }) {
  const search = experimentRoute.useSearch();
  const { filter = "", sort: sorted, cols, view } = search;
  const deleted = view === "deleted";
  const navigate = useNavigate();
  const [picking, setPicking] = useState(false);
  const sort = readSort(sorted);
  const experiments = useMemo(() => [experimentId], [experimentId]);
  const { fields, known } = useFields(experiments, cols);
  const late = useLate(PATIENCE);
  const order = sort ? [`${sort.key} ${sort.descending ? "DESC" : "ASC"}`] : LATEST;
  const asked = { experiments, filter, order, deleted, columns: fields };
  const rows = useRunRows(known || late ? asked : undefined);
  const about = JSON.stringify([experimentId, filter, order, deleted]);
  const change = (part: Partial<RunsSearch>, replace = false) =>
    void navigate({
      to: "/experiments/$experimentId",
      params: { experimentId },
      search: compact({ ...search, ...part }) as object,
      replace,
      // Else the router would put the grid back to where it was among other rows.
      resetScroll: false,
    });
  const chosen = useSelection(rows, about, search.sel, (sel) => change({ sel }, true));
  // All of one answer are not all of another.
  const sel = search.sel === "all" ? undefined : search.sel;
  const ask = (text: string) => change({ filter: text || undefined, sel });
  const columns = useMemo(() => {
    const few = chosen.ids.size <= MOST_COMPARED ? [...chosen.ids] : [];
    return [nameColumn(strokesOf(few)), ...FIXED, ...rows.columns.map(keyColumn)];
  }, [rows.columns, chosen.ids]);
  const compare = () => {
    const runs = chosen.ids;
    if (runs.size < 2 || runs.size > MOST_COMPARED) return;
    void navigate({ to: "/compare", search: { runs: [...runs].join(","), in: experimentId } });
  };
  useKeys([{ keys: "c", label: strings.runs.compareKey, group: shell.keys.page, run: compare }]);
  const there = !rows.isPending && !(rows.error && !rows.total);
  const refused = rows.error instanceof ApiError && rows.error.status === 400;
  return (
    <div className={styles.body}>
      <div className={styles.bar}>
        <FilterBox experiments={experiments} value={filter} onChange={ask} />
      </div>
      <div className={styles.tools}>
        {deleted && <Badge tone="bad">{strings.deleted}</Badge>}
        <span className={`num ${styles.count}`} role="status">
          {!there
            ? ""
            : chosen.ids.size
              ? strings.runs.selected(chosen.ids.size)
              : deleted
                ? strings.runs.deletedTotal(rows.total)
                : strings.runs.total(rows.total)}
        </span>
        <BulkBar
          experimentId={experimentId}
          ids={chosen.ids}
          deleted={deleted}
          total={rows.total}
          onSelectAll={() => chosen.toggleAll(true)}
          onSelect={chosen.set}
          onCompare={compare}
        />
        <span className={styles.views}>
          <ExportMenu name={name} asked={asked} total={rows.total} selected={chosen.ids} />
          <Button icon="table" onClick={() => setPicking(true)}>
            {strings.runs.columns}
          </Button>
          <Menu trigger={<IconButton icon="more" kind="plain" label={strings.runs.more} />}>
            <MenuItem
              onSelect={() => change({ view: deleted ? undefined : "deleted", sel: undefined })}
            >
              {deleted ? strings.runs.showActive : strings.runs.showDeleted}
            </MenuItem>
          </Menu>
        </span>
      </div>
      {rows.error && (
        <ErrorNote
          title={refused ? strings.runs.refused : strings.runs.failed}
          problem={rows.error}
          onRetry={refused ? undefined : rows.refetch}
        />
      )}
      <div className={`${styles.grid} ${rows.isOld ? styles.old : ""}`}>
        {rows.isPending && <Skeleton lines={12} />}
        {there && (
          <DataGrid
            label={strings.runs.label}
            columns={columns}
            count={rows.total}
            rowAt={rows.rowAt}
            rowKey={(run) => run.id}
            onRange={rows.onRange}
            about={about}
            sort={sort}
            onSort={(next: Sort | undefined) => change({ sort: writeSort(next) })}
            selection={chosen}
            onOpen={({ id }) => void navigate({ to: "/runs/$runId", params: { runId: id } })}
            empty={<NoRuns name={name} filter={filter} deleted={deleted} onClear={() => ask("")} />}
          />
        )}
      </div>
      {picking && (
        <ColumnPicker
          experiments={experiments}
          shown={fields}
          automatic={cols === undefined}
          onChange={(next) => change({ cols: next })}
          onClose={() => setPicking(false)}
        />
      )}
    </div>
  );
}

/** The chosen columns, else those in which the runs differ, else what they have. */
function useFields(experiments: readonly string[], chosen: readonly string[] | undefined) {
  const wanted = chosen === undefined;
  const vary = useQuery({ ...runKeys(experiments, true, "", FEW_KEYS), enabled: wanted });
  const none = vary.data !== undefined && !vary.data.keys?.length;
  const all = useQuery({ ...runKeys(experiments, false, "", FEW_KEYS), enabled: wanted && none });
  const found = none ? all.data : vary.data;
  const text = JSON.stringify(
    chosen ??
      (found?.keys ?? [])
        .filter(({ kind }) => kind !== "tag")
        .sort((a, b) => a.kind.localeCompare(b.kind))
        .slice(0, MOST_VARYING)
        .map(({ kind, key }) => field(`${kind as "metric" | "param"}s`, key)),
  );
  const fields = useMemo(() => JSON.parse(text) as string[], [text]);
  // Without the keys the rows are still worth seeing.
  const known = !wanted || found !== undefined || vary.isError || all.isError;
  return { fields, known };
}

/** Whether some time has passed since the component came. */
function useLate(milliseconds: number): boolean {
  const [late, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), milliseconds);
    return () => clearTimeout(timer);
  }, [milliseconds]);
  return late;
}
