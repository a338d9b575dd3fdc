import { Button } from "../../components/Button";
import { Empty } from "../../components/Empty";
import type { RunsSearch } from "../experiments/route";
import { runStrings as strings } from "./runStrings";

interface NoRunsDrawnProps {
  search: RunsSearch;
  onChange: (part: { filter?: undefined; sel?: undefined }) => void;
}

/** What stands in place of a drawing when there is no run for it, and why. */
export function NoRunsDrawn({ search: { filter, sel }, onChange }: NoRunsDrawnProps) {
  if (filter) {
    return (
      <Empty title={strings.noRuns}>
        <Button onClick={() => onChange({ filter: undefined })}>{strings.clear}</Button>
      </Empty>
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
