import { Link, useNavigate } from "@tanstack/react-router";
import { useRef, useState } from "react";
import { serverUrl } from "../../api/client";
import { NOTE } from "../../api/edits";
import { experimentsListed } from "../../api/experiments";
import type { Experiment } from "../../api/schema.gen";
import { useWindows } from "../../api/windows";
import { Badge } from "../../components/Badge";
import { Button } from "../../components/Button";
import { Code } from "../../components/Code";
import { type Column, DataGrid } from "../../components/DataGrid";
import { Empty } from "../../components/Empty";
import { ErrorNote } from "../../components/ErrorNote";
import { SearchBox } from "../../components/Field";
import { Page } from "../../components/Page";
import { Skeleton } from "../../components/Skeleton";
import { Time } from "../../components/Time";
import { grouped } from "../../lib/number";
import { isViewTag } from "../../lib/views";
import { useKeys } from "../../state/keys";
import { strings as shell } from "../../strings";
import styles from "./Experiments.module.css";
import { NewExperiment } from "./NewExperiment";
import { experimentsRoute } from "./route";
import { strings } from "./strings";

/** All experiments, any number of them, the last changed first. */
export function Experiments() {
  const { q = "" } = experimentsRoute.useSearch();
  const navigate = useNavigate();
  const rows = useWindows(experimentsListed(q));
  const [creating, setCreating] = useState(false);
  const box = useRef<HTMLInputElement>(null);
  const search = (text: string) =>
    void navigate({
      to: "/experiments",
      search: text ? { q: text } : {},
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
          <SearchBox ref={box} label={strings.filter} value={q} onChange={search} />
        </div>
        {rows.error && (
          <ErrorNote title={strings.readFailed} problem={rows.error} onRetry={rows.refetch} />
        )}
        <div className={styles.grid}>
          {rows.isPending && <Skeleton lines={8} />}
          {!rows.isPending && !(rows.error && !rows.total) && (
            <DataGrid
              label={strings.title}
              columns={COLUMNS}
              count={rows.total}
              rowAt={rows.rowAt}
              rowKey={(e) => e.experiment_id}
              onRange={rows.onRange}
              about={q}
              onOpen={({ experiment_id }) => open(experiment_id)}
              empty={<NoExperiments filter={q} onClear={() => search("")} />}
            />
          )}
        </div>
      </div>
      {creating && <NewExperiment onClose={() => setCreating(false)} />}
    </Page>
  );
}

function NoExperiments({ filter, onClear }: { filter: string; onClear: () => void }) {
  if (filter) {
    return (
      <Empty title={strings.noMatch}>
        <Button onClick={onClear}>{strings.clear}</Button>
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

const COLUMNS: readonly Column<Experiment>[] = [
  {
    id: "name",
    name: strings.heads.name,
    width: 340,
    pinned: true,
    cell: ({ experiment_id, name }) => (
      <Link
        to="/experiments/$experimentId"
        params={{ experimentId: experiment_id }}
        search={{}}
        tabIndex={-1}
        title={name}
      >
        {name}
      </Link>
    ),
  },
  {
    id: "tags",
    name: strings.heads.tags,
    width: 320,
    cell: ({ tags = [] }) => (
      <span className={styles.tags}>
        {tags
          .filter(({ key }) => !isViewTag(key) && key !== NOTE)
          .slice(0, 3)
          .map(({ key, value = "" }) => (
            <Badge key={key}>
              {key}: {value.slice(0, 30)}
            </Badge>
          ))}
      </span>
    ),
  },
  {
    id: "changed",
    name: strings.heads.changed,
    width: 140,
    cell: (e) => <Time at={e.last_update_time} />,
  },
  {
    id: "created",
    name: strings.heads.created,
    width: 140,
    cell: (e) => <Time at={e.creation_time} />,
  },
  {
    id: "id",
    name: strings.heads.id,
    width: 180,
    align: "right",
    cell: (e) => <code>{e.experiment_id}</code>,
  },
];
