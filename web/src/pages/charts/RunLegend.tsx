import { Link } from "@tanstack/react-router";
import { useEffect, useMemo, useRef } from "react";
import { Swatch } from "../../components/Swatch";
import { grouped } from "../../lib/number";
import { groupId, lit, pointing } from "../../state/lit";
import { useStore } from "../../state/store";
import styles from "./Charts.module.css";
import type { RunGroup } from "./groups";
import type { ChartRun } from "./MetricChart";
import { strings } from "./strings";

interface RunLegendProps {
  runs: readonly ChartRun[];
  /** The groups by which they are drawn, if they are. */
  groups: readonly RunGroup[] | undefined;
}

const HEAD = 34; // pixels of what stays above the list

/** The runs that are drawn, with the colours of their lines. */
export function RunLegend({ runs, groups }: RunLegendProps) {
  const looks = useMemo(
    () => new Map((groups ?? []).flatMap((group) => group.runs.map(({ id }) => [id, group]))),
    [groups],
  );
  const pointed = useStore(lit);
  const box = useRef<HTMLElement>(null);
  // A line that is pointed at has its run in view; only within the list, for the page keeps its place.
  useEffect(() => {
    const frame = box.current;
    if (!frame || pointed === undefined || frame.matches(":hover, :focus-within")) return;
    const row = frame.querySelector<HTMLElement>("[data-lit]");
    if (!row) return;
    const [top, foot] = [frame.scrollTop + HEAD, frame.scrollTop + frame.clientHeight];
    if (row.offsetTop < top) frame.scrollTop = row.offsetTop - HEAD;
    else if (row.offsetTop + row.offsetHeight > foot) {
      frame.scrollTop = row.offsetTop + row.offsetHeight - frame.clientHeight;
    }
  }, [pointed]);
  return (
    <section ref={box} className={styles.runs} aria-label={strings.runs}>
      <h2>
        {strings.runs} <span className={`num ${styles.number}`}>{grouped(runs.length)}</span>
      </h2>
      <ul>
        {runs.map((run) => {
          const group = looks.get(run.id);
          const { colour, dash } = group ?? run;
          const id = group ? groupId(group.value) : run.id;
          return (
            <li key={run.id} data-lit={id === pointed || undefined} {...pointing(id)}>
              <Swatch colour={colour} dashed={Boolean(dash)} />
              <Link to="/runs/$runId/metrics" params={{ runId: run.id }} title={run.name}>
                {run.name}
              </Link>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
