import { useEffect, useRef, useState } from "react";
import { allEvents, type EventFilter } from "../../api/audit";
import { Button } from "../../components/Button";
import { Menu, MenuItem } from "../../components/Menu";
import { download } from "../../lib/download";
import { grouped } from "../../lib/number";
import { say } from "../../state/toasts";
import { FORMATS, type Format, HEAD } from "./export";
import { strings } from "./strings";

/** Saves every event that fits the filters, read in pages; it can be stopped. */
export function ExportMenu({ filter }: { filter: EventFilter }) {
  const [count, setCount] = useState<number>();
  const stop = useRef<AbortController>(undefined);
  useEffect(() => () => stop.current?.abort(), []);
  const save = async (format: Format) => {
    const { type, line } = FORMATS[format];
    const control = new AbortController();
    stop.current = control;
    // Parts of a blob, not one text: the browser may keep them outside its memory.
    const parts = [new Blob([HEAD[format]])];
    let read = 0;
    setCount(0);
    try {
      for await (const events of allEvents(filter, control.signal)) {
        parts.push(new Blob(events.map(line)));
        read += events.length;
        setCount(read);
      }
      download(`events.${format}`, new Blob(parts, { type }));
      say("good", strings.exported(grouped(read)));
    } catch (problem) {
      if (!control.signal.aborted) say("bad", strings.exportFailed, String(problem));
    }
    setCount(undefined);
  };
  if (count !== undefined) {
    return (
      <>
        <span role="status" className="num">
          {strings.exporting(grouped(count))}
        </span>
        <Button onClick={() => stop.current?.abort()}>{strings.stop}</Button>
      </>
    );
  }
  return (
    <Menu trigger={<Button icon="download">{strings.exportAs}</Button>}>
      <MenuItem onSelect={() => void save("csv")}>{strings.csv}</MenuItem>
      <MenuItem onSelect={() => void save("jsonl")}>{strings.jsonl}</MenuItem>
    </Menu>
  );
}
