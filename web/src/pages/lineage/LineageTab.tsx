import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
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
      alone={runId === undefined ? strings.version : strings.run}
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
