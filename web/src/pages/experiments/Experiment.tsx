import { useNavigate } from "@tanstack/react-router";
import { useEffect, useMemo, useRef, useState } from "react";
import { ApiError, serverUrl } from "../../api/client";
import { useExperiment } from "../../api/experiments";
import { useRunRows } from "../../api/runs";
import { Badge } from "../../components/Badge";
import { Button } from "../../components/Button";
import { Code } from "../../components/Code";
import { DataGrid } from "../../components/DataGrid";
import { Empty } from "../../components/Empty";
import { ErrorNote } from "../../components/ErrorNote";
import { SearchBox } from "../../components/Field";
import { Id } from "../../components/Id";
import { Page } from "../../components/Page";
import { Skeleton } from "../../components/Skeleton";
import { compact, readSort, type Sort, writeSort } from "../../lib/search";
import { varying } from "../../lib/vary";
import { useKeys } from "../../state/keys";
import { strings as shell } from "../../strings";
import { FIXED, keyColumn } from "../runs/columns";
import styles from "./Experiment.module.css";
import { experimentRoute } from "./route";
import { strings } from "./strings";

const MOST_VARYING = 12;

/** An experiment's runs. */
export function Experiment() {
  const { experimentId } = experimentRoute.useParams();
  const query = useExperiment(experimentId);
  const name = query.data?.name ?? experimentId;
  const above = [{ name: strings.title, to: "/experiments" }];
  const marks = query.data && (
    <>
      {query.data.lifecycle_stage === "deleted" && <Badge tone="bad">{strings.deleted}</Badge>}
      <Id value={experimentId} length={24} />
    </>
  );
  return (
    <Page title={name} above={above} marks={marks} full>
      {query.isError && !query.data ? (
        <ErrorNote
          title={strings.oneFailed}
          problem={query.error}
          onRetry={() => void query.refetch()}
        />
      ) : (
        <RunsTable experimentId={experimentId} name={name} />
      )}
    </Page>
  );
}

const order = (sort: Sort | undefined) =>
  sort ? [`${sort.key} ${sort.descending ? "DESC" : "ASC"}`] : ["attributes.start_time DESC"];

function RunsTable({ experimentId, name }: { experimentId: string; name: string }) {
  const { filter = "", sort: sorted } = experimentRoute.useSearch();
  const navigate = useNavigate();
  const sort = readSort(sorted);
  const experiments = useMemo(() => [experimentId], [experimentId]);
  const rows = useRunRows({ experiments, filter, order: order(sort) });
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const keys = useMemo(() => varying(rows.loaded.slice(0, 1000), MOST_VARYING), [rows.loaded]);
  const columns = useMemo(() => [...FIXED, ...keys.map(keyColumn)], [keys]);
  const show = (filter: string, sort: Sort | undefined) =>
    void navigate({
      to: "/experiments/$experimentId",
      params: { experimentId },
      search: compact({ filter: filter || undefined, sort: writeSort(sort) }) as object,
    });
  const compare = () => {
    if (selected.size < 2) return;
    const search = { runs: [...selected].join(","), in: experimentId };
    void navigate({ to: "/compare", search });
  };
  useKeys([{ keys: "c", label: strings.runs.compareKey, group: shell.keys.page, run: compare }]);
  const count = rows.total ?? rows.loaded.length;
  const said = rows.total === undefined ? strings.runs.atLeast(count) : strings.runs.total(count);
  const known = !rows.isPending && !(rows.error && !rows.loaded.length);
  const refused = rows.error instanceof ApiError && rows.error.status === 400;
  return (
    <div className={styles.body}>
      <div className={styles.bar}>
        <FilterBox value={filter} onChange={(text) => show(text, sort)} />
        <span className={`num ${styles.count}`} role="status">
          {!known ? "" : selected.size ? strings.runs.selected(selected.size) : said}
        </span>
        {selected.size > 0 && (
          <>
            <Button onClick={() => setSelected(new Set())}>{strings.runs.clearSelection}</Button>
            <Button
              kind="primary"
              disabled={selected.size < 2}
              title={selected.size < 2 ? strings.runs.compareMore : undefined}
              onClick={compare}
            >
              {strings.runs.compare}
            </Button>
          </>
        )}
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
        {known && (
          <DataGrid
            label={strings.runs.label}
            columns={columns}
            count={rows.count}
            rowAt={rows.rowAt}
            rowKey={(run) => run.info.run_id}
            onRange={rows.onRange}
            sort={sort}
            onSort={(next) => show(filter, next)}
            selected={selected}
            onSelect={setSelected}
            onOpen={(run) =>
              void navigate({ to: "/runs/$runId", params: { runId: run.info.run_id } })
            }
            empty={<NoRuns name={name} filter={filter} onClear={() => show("", sort)} />}
          />
        )}
      </div>
    </div>
  );
}

/** The filter; it counts when it is sent with Enter. */
function FilterBox({ value, onChange }: { value: string; onChange: (text: string) => void }) {
  const [typed, setTyped] = useState(value);
  const box = useRef<HTMLInputElement>(null);
  useEffect(() => setTyped(value), [value]);
  useKeys([
    { keys: "/", label: shell.keys.query, group: shell.keys.page, run: () => box.current?.focus() },
  ]);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        onChange(typed.trim());
      }}
    >
      <SearchBox ref={box} label={strings.runs.filter} value={typed} onChange={setTyped} />
    </form>
  );
}

function NoRuns({ name, filter, onClear }: { name: string; filter: string; onClear: () => void }) {
  if (filter) {
    return (
      <Empty title={strings.runs.noMatch}>
        <Button onClick={onClear}>{strings.clear}</Button>
      </Empty>
    );
  }
  const lines = [
    "import cuvee",
    "",
    `cuvee.set_tracking_uri("${serverUrl}")`,
    `cuvee.set_experiment(${JSON.stringify(name)})`,
    "with cuvee.start_run():",
    '    cuvee.log_metric("rmse", 0.78)',
  ];
  return (
    <Empty title={strings.runs.none}>
      <p>{strings.runs.noneText}</p>
      <Code label={strings.runs.noneText} text={lines.join("\n")} />
    </Empty>
  );
}
