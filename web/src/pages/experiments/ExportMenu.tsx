import { useState } from "react";
import { type RunQuery, runsAsCsv } from "../../api/runTable";
import { Button } from "../../components/Button";
import { Menu, MenuItem } from "../../components/Menu";
import { download } from "../../lib/download";
import { say } from "../../state/toasts";
import { strings } from "./strings";

interface ExportMenuProps {
  /** Names the file. */
  name: string;
  asked: RunQuery;
  total: number;
  selected: ReadonlySet<string>;
}

/** Saves runs as CSV with the columns that are shown: all that pass, or the selected ones. */
export function ExportMenu({ name, asked, total, selected }: ExportMenuProps) {
  const [busy, setBusy] = useState(false);
  const save = async (ids?: readonly string[]) => {
    setBusy(true);
    try {
      download(`${name}.csv`, await runsAsCsv(asked, ids));
      say("good", strings.runs.exported(ids?.length ?? total));
    } catch (problem) {
      const why = problem instanceof Error ? problem.message : String(problem);
      say("bad", strings.runs.notExported, why);
    }
    setBusy(false);
  };
  const button = (
    <Button icon="download" disabled={busy}>
      {busy ? strings.runs.exporting : strings.runs.export}
    </Button>
  );
  return (
    <Menu trigger={button}>
      {selected.size > 0 && (
        <MenuItem onSelect={() => void save([...selected])}>
          {strings.runs.exportSelected(selected.size)}
        </MenuItem>
      )}
      <MenuItem onSelect={() => void save()}>{strings.runs.exportAll(total)}</MenuItem>
    </Menu>
  );
}
