import { useEffect, useRef, useState } from "react";
import { runsAsCsv, runsAsParquet } from "../../api/runFiles";
import type { RunQuery } from "../../api/runTable";
import { Button } from "../../components/Button";
import { Menu, MenuItem } from "../../components/Menu";
import { download } from "../../lib/download";
import { say } from "../../state/toasts";
import styles from "./Experiment.module.css";
import { strings } from "./strings";

interface ExportMenuProps {
  /** Names the file. */
  name: string;
  asked: RunQuery;
  total: number;
  selected: ReadonlySet<string>;
}

const FORMATS = ["csv", "parquet"] as const;
type Format = (typeof FORMATS)[number];

/** Saves runs with the columns that are shown: all that pass, or the selected ones. */
export function ExportMenu({ name, asked, total, selected }: ExportMenuProps) {
  const [progress, setProgress] = useState<{ done: number | undefined; of: number }>();
  const control = useRef<AbortController>(undefined);
  useEffect(() => () => control.current?.abort(), []);
  const save = async (format: Format, ids?: readonly string[]) => {
    const of = ids?.length ?? total;
    const stopper = new AbortController();
    control.current = stopper;
    setProgress({ done: undefined, of });
    const tell = (done: number) => setProgress({ done, of });
    try {
      const file =
        format === "csv"
          ? await runsAsCsv(asked, ids)
          : await runsAsParquet(asked, ids, tell, stopper.signal);
      download(`${name}.${format}`, file);
      say("good", strings.runs.exported(of));
    } catch (problem) {
      const why = problem instanceof Error ? problem.message : String(problem);
      if (!stopper.signal.aborted) say("bad", strings.runs.notExported, why);
    }
    setProgress(undefined);
  };
  if (progress?.done !== undefined) {
    const said = strings.bulk.progress(progress.done, progress.of);
    return (
      <span className={styles.bulk}>
        <progress value={progress.done} max={progress.of} aria-label={strings.runs.exporting} />
        <span className="num">{said}</span>
        <Button onClick={() => control.current?.abort()}>{strings.bulk.stop}</Button>
      </span>
    );
  }
  const button = (
    <Button icon="download" disabled={progress !== undefined}>
      {progress ? strings.runs.exporting : strings.runs.export}
    </Button>
  );
  const items = FORMATS.map((format) => ({ format, as: strings.runs.formats[format] }));
  return (
    <Menu trigger={button}>
      {selected.size > 0 &&
        items.map(({ format, as }) => (
          <MenuItem key={`some ${format}`} onSelect={() => void save(format, [...selected])}>
            {strings.runs.exportSelected(selected.size, as)}
          </MenuItem>
        ))}
      {items.map(({ format, as }) => (
        <MenuItem key={format} onSelect={() => void save(format)}>
          {strings.runs.exportAll(total, as)}
        </MenuItem>
      ))}
    </Menu>
  );
}
