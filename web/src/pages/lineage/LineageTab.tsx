import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { serverUrl } from "../../api/client";
import { useLineage } from "../../api/lineage";
import { compact } from "../../lib/search";
import { Lineage } from "./Lineage";
import { type LineageSearch, USUAL } from "./search";
import { strings } from "./strings";

/** What the run or the version of the address comes from and what has come of it. */
export function LineageTab() {
  const { runId, name = "", version = "" } = useParams({ strict: false });
  const search: LineageSearch = useSearch({ strict: false });
  const navigate = useNavigate();
  const of = runId === undefined ? { name, version } : { run: runId };
  return (
    <Lineage
      query={useLineage(of, search.depth ?? USUAL)}
      label={runId === undefined ? strings.of(name, version) : strings.ofRun}
      file={runId ?? `${name}-${version}`}
      alone={
        runId === undefined
          ? { ...strings.version, code: registering(name) }
          : { ...strings.run, code: reading(runId) }
      }
      search={search}
      onChange={(part) =>
        void navigate({
          to: ".",
          search: compact({ ...search, ...part }) as LineageSearch,
          replace: true,
          resetScroll: false,
        })
      }
    />
  );
}

/** Code that registers the next version from a run, which a lineage goes back to. */
function registering(name: string): string {
  return [
    "import cuvee",
    "",
    `cuvee.set_tracking_uri("${serverUrl}")`,
    "with cuvee.start_run() as run:",
    '    cuvee.sklearn.log_model(model, name="model")',
    `cuvee.register_model(f"runs:/{run.info.run_id}/model", ${JSON.stringify(name)})`,
  ].join("\n");
}

/** Code that records what a run has read. */
function reading(runId: string): string {
  return [
    "import cuvee",
    "",
    `cuvee.set_tracking_uri("${serverUrl}")`,
    `with cuvee.start_run(run_id="${runId}"):`,
    '    cuvee.log_input(cuvee.data.from_pandas(frame, name="wine"), context="training")',
  ].join("\n");
}
