import { Button } from "../../components/Button";
import { Empty } from "../../components/Empty";
import { RunsFiltered } from "../experiments/NoRuns";
import type { RunsSearch } from "../experiments/route";
import { runStrings as strings } from "./runStrings";

interface NoRunsDrawnProps {
  experiments: readonly string[];
  search: RunsSearch;
  onChange: (part: { filter?: undefined; sel?: undefined }) => void;
}

/** What stands in place of a drawing when there is no run for it, and why. */
export function NoRunsDrawn({ experiments, search, onChange }: NoRunsDrawnProps) {
  const { filter, sel, view } = search;
  if (filter) {
    return (
      <RunsFiltered
        experiments={experiments}
        deleted={view === "deleted"}
        onClear={() => onChange({ filter: undefined })}
      />
    );
  }
  if (sel) {
    return (
      <Empty title={strings.noneSelected}>
        <Button onClick={() => onChange({ sel: undefined })}>{strings.drawAll}</Button>
      </Empty>
    );
  }
  return (
    <Empty title={strings.none}>
      <p>{strings.noneText}</p>
    </Empty>
  );
}
