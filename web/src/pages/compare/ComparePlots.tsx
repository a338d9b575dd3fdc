import { useNavigate } from "@tanstack/react-router";
import { useMemo } from "react";
import { compared } from "../../lib/diff";
import { field } from "../../lib/filter";
import { writtenIds } from "../../lib/runIds";
import { type AxisChoice, type DrawnRuns, RunPlots } from "../charts/RunPlots";
import type { PartProps } from "./Compare";

/** The compared runs as lines over their params and metrics, and other drawings of them. */
export function ComparePlots({ runs, search, onChange }: PartProps) {
  const navigate = useNavigate();
  const { choices, drawn, colours } = useMemo(() => {
    const rows = compared(runs.map(({ run }) => run)).flatMap(({ kind, key, values, differs }) =>
      differs && (kind === "metrics" || kind === "params") ? [{ kind, key, values }] : [],
    );
    const choices = rows.map(
      ({ kind, key }): AxisChoice => ({ field: field(kind, key), kind, key }),
    );
    const cells = new Map(rows.map(({ kind, key, values }) => [field(kind, key), values]));
    const ids = runs.map(({ run }) => run.info.run_id);
    const drawn: DrawnRuns = { ids, names: runs.map(({ name }) => name), cells };
    return { choices, drawn, colours: runs.map(({ colour }) => colour) };
  }, [runs]);
  return (
    <RunPlots
      choices={choices}
      runs={drawn}
      colours={colours}
      view={search}
      onView={onChange}
      onOpen={(run) =>
        void navigate({ to: "/runs/$runId", params: { runId: drawn.ids[run] as string } })
      }
      onKeep={(_, __, kept) => {
        const ids = kept.map((run) => drawn.ids[run] as string);
        onChange({ runs: writtenIds(ids), brush: undefined });
      }}
    />
  );
}
