import { History } from "../../components/History";
import { versionRoute } from "./route";

export function VersionHistory() {
  const { name, version } = versionRoute.useParams();
  return <History of={{ object: `version:${name}/${version}` }} />;
}
