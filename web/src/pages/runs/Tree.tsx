import { Badge } from "../../components/Badge";
import { strings } from "./strings";

/** Whether the files were those of the commit. */
export function Tree({ dirty }: { dirty: boolean | undefined }) {
  if (dirty === undefined) return <Badge>{strings.unknownTree}</Badge>;
  return dirty ? (
    <Badge tone="warn">{strings.dirty}</Badge>
  ) : (
    <Badge tone="good">{strings.clean}</Badge>
  );
}
