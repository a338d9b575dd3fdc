import { useNavigate } from "@tanstack/react-router";
import { compact } from "../../lib/search";
import { Lineage } from "../lineage/Lineage";
import type { LineageSearch } from "../lineage/search";
import { lineageRoute } from "./route";

/** What a version comes from and what has come of it. */
export function VersionLineage() {
  const { name, version } = lineageRoute.useParams();
  const search = lineageRoute.useSearch();
  const navigate = useNavigate();
  return (
    <Lineage
      name={name}
      version={version}
      search={search}
      onChange={(part) =>
        void navigate({
          to: "/models/$name/versions/$version/lineage",
          params: { name, version },
          search: compact({ ...search, ...part }) as LineageSearch,
          replace: true,
          resetScroll: false,
        })
      }
    />
  );
}
