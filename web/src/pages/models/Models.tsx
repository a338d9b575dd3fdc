import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useMemo, useRef } from "react";
import { serverUrl } from "../../api/client";
import { modelsListed, useModelChoices } from "../../api/models";
import type { ModelOverview } from "../../api/schema.gen";
import { countQuery, useWindows } from "../../api/windows";
import { Code } from "../../components/Code";
import { DataGrid } from "../../components/DataGrid";
import { Empty } from "../../components/Empty";
import { ErrorNote } from "../../components/ErrorNote";
import { Filtered } from "../../components/Filtered";
import { Page } from "../../components/Page";
import { Skeleton } from "../../components/Skeleton";
import { useWidth } from "../../components/useWidth";
import { shrunk } from "../../lib/fit";
import { grouped } from "../../lib/number";
import { compact, readSort, writeSort } from "../../lib/search";
import { useKeys } from "../../state/keys";
import { strings as shell } from "../../strings";
import { ModelFilters } from "./ModelFilters";
import styles from "./Models.module.css";
import { modelColumns } from "./modelColumns";
import { type ModelsSearch, modelsRoute } from "./route";
import { strings } from "./strings";

const NEWEST = "-changed";
const LOOKED_AT = 200; // models that say how wide the columns are, which is kept while one scrolls
const NO_CHOICES = { owners: [], stages: [] };
const CLEAR = {
  q: undefined,
  folder: undefined,
  tag: undefined,
  stage: undefined,
  owner: undefined,
};

/** All registered models, any number of them, the last changed first unless sorted otherwise. */
export function Models() {
  const search = modelsRoute.useSearch();
  const { q = "", folder, tag, stage, owner, metric, sort = NEWEST } = search;
  const navigate = useNavigate();
  const rows = useWindows(modelsListed({ q, folder, tag, stage, owner, metric }, sort));
  const { owners, stages } = useModelChoices().data ?? NO_CHOICES;
  const box = useRef<HTMLInputElement>(null);
  const go = (next: ModelsSearch) =>
    void navigate({
      to: "/models",
      search: compact({ ...search, ...next }),
      replace: true,
      // Else the router would put the grid back to where it was among other rows.
      resetScroll: false,
    });
  useKeys([
    { keys: "/", label: shell.keys.query, group: shell.keys.page, run: () => box.current?.focus() },
  ]);
  const frame = useRef<HTMLDivElement>(null);
  const room = useWidth(frame);
  const { rowAt, total } = rows;
  const crowded = useMemo(() => crowdedIn(rowAt, total), [rowAt, total]);
  const columns = useMemo(
    () => shrunk(modelColumns(stages, crowded, search), room),
    [stages, crowded, search, room],
  );
  const by = readSort(sort);
  const marks = !rows.isPending && (
    <span className={`num ${styles.count}`} role="status">
      {grouped(rows.total)}
    </span>
  );
  return (
    <Page title={strings.title} marks={marks} full>
      <div className={styles.body}>
        <div className={styles.bar}>
          <ModelFilters ref={box} search={search} stages={stages} owners={owners} onChange={go} />
        </div>
        {rows.error && (
          <ErrorNote title={strings.readFailed} problem={rows.error} onRetry={rows.refetch} />
        )}
        <div ref={frame} className={styles.grid}>
          {rows.isPending && <Skeleton lines={8} />}
          {!rows.isPending && !(rows.error && !rows.total) && (
            <DataGrid
              label={strings.title}
              columns={columns}
              count={rows.total}
              rowAt={rows.rowAt}
              rowKey={(model) => model.name}
              onRange={rows.onRange}
              about={JSON.stringify([q, folder, tag, stage, owner, sort])}
              sorts={by ? [by] : []}
              onSort={([first]) => go({ sort: writeSort(first) })}
              onOpen={({ name }) =>
                void navigate({ to: "/models/$name", params: { name }, search: {} })
              }
              empty={
                <NoModels
                  filtered={Boolean(q || folder || tag || stage || owner)}
                  onClear={() => go(CLEAR)}
                />
              }
            />
          )}
        </div>
      </div>
    </Page>
  );
}

/** The stages in which one of the first models has several versions. */
function crowdedIn(rowAt: (index: number) => ModelOverview | undefined, total: number) {
  const found = new Set<string>();
  for (let i = 0; i < Math.min(total, LOOKED_AT); i += 1) {
    for (const { stage, count = 1 } of rowAt(i)?.stages ?? []) if (count > 1) found.add(stage);
  }
  return found;
}

function NoModels({ filtered, onClear }: { filtered: boolean; onClear: () => void }) {
  const all = useQuery({ ...countQuery(modelsListed({}, NEWEST)), enabled: filtered });
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
  return (
    <Empty title={strings.none}>
      <p>{strings.noneText}</p>
      <Code label={strings.noneText} text={registerSnippet("lr_wine_quality")} />
    </Empty>
  );
}

/** Code that registers a version of a model. */
export function registerSnippet(name: string): string {
  return [
    "import cuvee",
    "",
    `cuvee.set_tracking_uri("${serverUrl}")`,
    "with cuvee.start_run():",
    `    cuvee.sklearn.log_model(model, name="model", registered_model_name=${JSON.stringify(name)})`,
  ].join("\n");
}
