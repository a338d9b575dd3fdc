import { useQuery } from "@tanstack/react-query";
import { serverUrl } from "../../api/client";
import { totalQuery } from "../../api/runTable";
import { Code } from "../../components/Code";
import { Empty } from "../../components/Empty";
import { Filtered } from "../../components/Filtered";
import { strings } from "./strings";

interface NoRunsProps {
  experiments: readonly string[];
  name: string;
  filter: string;
  deleted: boolean;
  onClear: () => void;
}

/** Why there is no row, and what to do about that. */
export function NoRuns({ experiments, name, filter, deleted, onClear }: NoRunsProps) {
  if (filter) return <RunsFiltered experiments={experiments} deleted={deleted} onClear={onClear} />;
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

interface RunsFilteredProps {
  experiments: readonly string[];
  deleted: boolean;
  onClear: () => void;
}

/** Says how many runs of experiments a filter hides that leaves none of them. */
export function RunsFiltered({ experiments, deleted, onClear }: RunsFilteredProps) {
  const all = useQuery(totalQuery({ experiments, filter: "", deleted }));
  return (
    <Filtered
      title={strings.runs.noMatch}
      without={all.data}
      said={strings.runs.hidden}
      clear={strings.runs.clearFilter}
      onClear={onClear}
    />
  );
}
