import { serverUrl } from "../../api/client";
import { Button } from "../../components/Button";
import { Code } from "../../components/Code";
import { Empty } from "../../components/Empty";
import { strings } from "./strings";

interface NoRunsProps {
  name: string;
  filter: string;
  deleted: boolean;
  onClear: () => void;
}

/** Why there is no row, and what to do about that. */
export function NoRuns({ name, filter, deleted, onClear }: NoRunsProps) {
  if (filter) {
    return (
      <Empty title={strings.runs.noMatch}>
        <Button onClick={onClear}>{strings.clear}</Button>
      </Empty>
    );
  }
  if (deleted) {
    return (
      <Empty title={strings.runs.noneDeleted}>
        <p>{strings.runs.noneDeletedText}</p>
      </Empty>
    );
  }
  const lines = [
    "import cuvee",
    "",
    `cuvee.set_tracking_uri("${serverUrl}")`,
    `cuvee.set_experiment(${JSON.stringify(name)})`,
    "with cuvee.start_run():",
    '    cuvee.log_metric("rmse", 0.78)',
  ];
  return (
    <Empty title={strings.runs.none}>
      <p>{strings.runs.noneText}</p>
      <Code label={strings.runs.noneText} text={lines.join("\n")} />
    </Empty>
  );
}
