import { Link } from "@tanstack/react-router";
import { useMemo } from "react";
import { Swatch } from "../../components/Swatch";
import { grouped } from "../../lib/number";
import styles from "./Charts.module.css";
import type { RunGroup } from "./groups";
import type { ChartRun } from "./MetricChart";
import { strings } from "./strings";

interface RunLegendProps {
  runs: readonly ChartRun[];
  /** The groups by which they are drawn, if they are. */
  groups: readonly RunGroup[] | undefined;
}

/** The runs that are drawn, with the colours of their lines. */
export function RunLegend({ runs, groups }: RunLegendProps) {
  const looks = useMemo(
    () => new Map((groups ?? []).flatMap((group) => group.runs.map(({ id }) => [id, group]))),
    [groups],
  );
  return (
    <section className={styles.runs} aria-label={strings.runs}>
      <h2>
        {strings.runs} <span className={`num ${styles.number}`}>{grouped(runs.length)}</span>
      </h2>
      <ul>
        {runs.map((run) => {
          const { colour, dash } = looks.get(run.id) ?? run;
          return (
            <li key={run.id}>
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
