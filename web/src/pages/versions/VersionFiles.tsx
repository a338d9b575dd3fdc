import { useNavigate, useRouter } from "@tanstack/react-router";
import { useMemo } from "react";
import { Empty } from "../../components/Empty";
import { Files } from "../files/Files";
import type { Root } from "../files/rows";
import { strings as texts } from "../files/strings";
import type { FilesSearch } from "../files/view";
import { filesRoute } from "./route";

const TO = "/models/$name/versions/$version/files";

/** The files of a version, which nobody can change, with their digests. */
export function VersionFiles() {
  const params = filesRoute.useParams();
  const search = filesRoute.useSearch();
  const navigate = useNavigate();
  const router = useRouter();
  const { name, version } = params;
  const roots = useMemo(
    (): Root[] => [
      { of: "", name: `${name} ${version}`, owner: { kind: "version", name, version } },
    ],
    [name, version],
  );
  return (
    <Files
      roots={roots}
      search={search}
      onSearch={(next, replace = false) =>
        void navigate({ to: TO, params, search: next, replace, resetScroll: false })
      }
      href={(next: FilesSearch) => router.buildLocation({ to: TO, params, search: next }).href}
      nothing={<Empty title={texts.noneOfVersion} />}
    />
  );
}
