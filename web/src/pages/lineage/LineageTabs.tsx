import { useNavigate } from "@tanstack/react-router";
import { useRunLineage, useVersionLineage } from "../../api/lineage";
import { compact } from "../../lib/search";
import { lineageRoute as runRoute } from "../runs/route";
import { lineageRoute as versionRoute } from "../versions/route";
import { Lineage } from "./Lineage";
import { type LineageSearch, USUAL } from "./search";
import { strings } from "./strings";

/** What a version comes from and what has come of it. */
export function VersionLineage() {
  const params = versionRoute.useParams();
  const search = versionRoute.useSearch();
  const navigate = useNavigate();
  const { name, version } = params;
  return (
    <Lineage
      query={useVersionLineage(name, version, search.depth ?? USUAL)}
      label={strings.of(name, version)}
      file={`${name}-${version}`}
      alone={strings.version}
      search={search}
      onChange={(part) =>
        void navigate({
          to: "/models/$name/versions/$version/lineage",
          params,
          search: compact({ ...search, ...part }) as LineageSearch,
          replace: true,
          resetScroll: false,
        })
      }
    />
  );
}

/** What a run comes from and what has come of it. */
export function RunLineage() {
  const params = runRoute.useParams();
  const search = runRoute.useSearch();
  const navigate = useNavigate();
  const { runId } = params;
  return (
    <Lineage
      query={useRunLineage(runId, search.depth ?? USUAL)}
      label={strings.ofRun}
      file={runId}
      alone={strings.run}
      search={search}
      onChange={(part) =>
        void navigate({
          to: "/runs/$runId/lineage",
          params,
          search: compact({ ...search, ...part }) as LineageSearch,
          replace: true,
          resetScroll: false,
        })
      }
    />
  );
}
