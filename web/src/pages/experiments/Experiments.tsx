import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useMemo, useRef, useState } from "react";
import { serverUrl } from "../../api/client";
import { useOverviews } from "../../api/experimentOverviews";
import { type ExperimentsAsked, experimentsListed } from "../../api/experiments";
import type { Experiment } from "../../api/schema.gen";
import { countQuery, useWindows } from "../../api/windows";
import { Button } from "../../components/Button";
import { Code } from "../../components/Code";
import { DataGrid } from "../../components/DataGrid";
import { Empty } from "../../components/Empty";
import { ErrorNote } from "../../components/ErrorNote";
import { SearchBox } from "../../components/Field";
import { Filtered } from "../../components/Filtered";
import { Page } from "../../components/Page";
import { Segments } from "../../components/Segments";
import { Skeleton } from "../../components/Skeleton";
import { useWidth } from "../../components/useWidth";
import { inRoom } from "../../lib/fit";
import { grouped } from "../../lib/number";
import { compact } from "../../lib/search";
import { useKeys } from "../../state/keys";
import { strings as shell } from "../../strings";
import { BestOf } from "./BestOf";
import { RestoreDialog } from "./ExperimentActions";
import styles from "./Experiments.module.css";
import { experimentColumns, SPARE } from "./experimentColumns";
import { NewExperiment } from "./NewExperiment";
import { experimentsRoute } from "./route";
import { strings } from "./strings";

const SEEN = 50; // experiments whose metrics are offered

/** All experiments, any number of them, the last changed first. */
export function Experiments() {
  const search = experimentsRoute.useSearch();
  const { q = "", folder, tag, view, metric } = search;
  const navigate = useNavigate();
  const rows = useWindows(experimentsListed(search));
  const seen = useOverviews(rows.rowAt, rows.onRange, metric ?? "");
  const [creating, setCreating] = useState(false);
  const [restoring, setRestoring] = useState<Experiment>();
  const box = useRef<HTMLInputElement>(null);
  const go = (part: ExperimentsAsked) =>
    void navigate({
      to: "/experiments",
      search: compact({ ...search, ...part }),
      replace: true,
      // Else the router would put the grid back to where it was among other rows.
      resetScroll: false,
    });
  useKeys([
    {
      keys: "/",
      label: shell.keys.query,
      group: shell.keys.page,
      run: () => box.current?.focus(),
    },
  ]);
  const open = (experimentId: string) =>
    void navigate({ to: "/experiments/$experimentId", params: { experimentId }, search: {} });
  const archived = view === "archived";
  const latest = useRef(go);
  latest.current = go;
  const frame = useRef<HTMLDivElement>(null);
  const room = useWidth(frame);
  const columns = useMemo(() => {
    const all = experimentColumns(archived, metric, (part) => latest.current(part), setRestoring);
    return inRoom(all, room, SPARE);
  }, [archived, metric, room]);
  const marks = !rows.isPending && (
    <span className={`num ${styles.count}`} role="status">
      {grouped(rows.total)}
    </span>
  );
  const actions = (
    <Button kind="primary" onClick={() => setCreating(true)}>
      {strings.create}
    </Button>
  );
  return (
    <Page title={strings.title} marks={marks} actions={actions} full>
      <div className={styles.body}>
        <div className={styles.bar}>
          <div className={styles.box}>
            <SearchBox
              ref={box}
              label={strings.filter}
              value={q}
              onChange={(text) => go({ q: text || undefined })}
            />
          </div>
          <Segments<"active" | "archived">
            label={strings.which}
            value={view ?? "active"}
            choices={[
              ["active", strings.active],
              ["archived", strings.archived],
            ]}
            onChoose={(next) => go({ view: next === "active" ? undefined : next })}
          />
          <BestOf
            metric={metric}
            ids={() =>
              Array.from({ length: SEEN }, (_, i) => rows.rowAt(i)?.experiment_id ?? "").filter(
                Boolean,
              )
            }
            onPin={(key) => go({ metric: key })}
          />
          {folder && (
            <Button className={styles.leave ?? ""} onClick={() => go({ folder: undefined })}>
              {strings.withoutFolder(folder)}
            </Button>
          )}
          {tag && (
            <Button className={styles.leave ?? ""} onClick={() => go({ tag: undefined })}>
              {strings.withoutTag(...tag)}
            </Button>
          )}
        </div>
        {rows.error && (
          <ErrorNote title={strings.readFailed} problem={rows.error} onRetry={rows.refetch} />
        )}
        <div className={styles.grid} ref={frame}>
          {rows.isPending && <Skeleton lines={8} />}
          {!rows.isPending && !(rows.error && !rows.total) && (
            <DataGrid
              label={strings.title}
              columns={columns}
              count={rows.total}
              rowAt={seen.rowAt}
              rowKey={(e) => e.experiment_id}
              onRange={seen.onRange}
              about={JSON.stringify([q, folder, tag, view])}
              onOpen={({ experiment_id }) => open(experiment_id)}
              empty={
                <NoExperiments
                  filtered={Boolean(q || folder || tag)}
                  view={view}
                  onClear={() => go({ q: undefined, folder: undefined, tag: undefined })}
                />
              }
            />
          )}
        </div>
      </div>
      {restoring && (
        <RestoreDialog experiment={restoring} onClose={() => setRestoring(undefined)} />
      )}
      {creating && <NewExperiment onClose={() => setCreating(false)} />}
    </Page>
  );
}

interface NoExperimentsProps {
  filtered: boolean;
  view: ExperimentsAsked["view"];
  onClear: () => void;
}

function NoExperiments({ filtered, view, onClear }: NoExperimentsProps) {
  const all = useQuery({ ...countQuery(experimentsListed({ view })), enabled: filtered });
  if (filtered) {
    return (
      <Filtered
        title={strings.noMatch}
        without={all.data}
        said={strings.hidden}
        clear={strings.clear}
        onClear={onClear}
      />
    );
  }
  if (view === "archived") {
    return (
      <Empty title={strings.noArchived}>
        <p>{strings.noArchivedText}</p>
      </Empty>
    );
  }
  return (
    <Empty title={strings.none}>
      <p>{strings.noneText}</p>
      <Code
        label={strings.noneText}
        text={`import cuvee\n\ncuvee.set_tracking_uri("${serverUrl}")\ncuvee.set_experiment("wine")`}
      />
    </Empty>
  );
}
