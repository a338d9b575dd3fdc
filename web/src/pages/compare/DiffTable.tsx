import { useMemo, useRef } from "react";
import { useExperiment } from "../../api/experiments";
import type { ExperimentTag } from "../../api/schema.gen";
import { Away } from "../../components/Away";
import { Button } from "../../components/Button";
import { type Column, DataGrid } from "../../components/DataGrid";
import { Empty } from "../../components/Empty";
import { Check, SearchBox } from "../../components/Field";
import { Segments } from "../../components/Segments";
import { Swatch } from "../../components/Swatch";
import { useWidth } from "../../components/useWidth";
import { compared, type DiffRow, distance, KINDS, type Kind } from "../../lib/diff";
import { fitted } from "../../lib/fit";
import { isLessBetter } from "../../lib/goals";
import { short } from "../../lib/number";
import type { Compared, PartProps } from "./Compare";
import styles from "./Compare.module.css";
import { strings } from "./strings";

/** The kinds that one can choose: of some runs have nothing mostly, and then they are left out. */
const choicesOf = (rows: readonly DiffRow[], chosen: Kind | undefined) =>
  (["all", ...KINDS] as const)
    .filter((kind) => !RARE.has(kind) || kind === chosen || rows.some((row) => row.kind === kind))
    .map((kind) => [kind, strings.kinds[kind]] as const);

const RARE = new Set<string>(["system", "datasets"] satisfies Kind[]);

/** Params, metrics and tags of the runs beside each other; the others against the first. */
export function DiffTable({ runs, search, onChange }: PartProps) {
  const all = useMemo(() => compared(runs.map(({ run }) => run)), [runs]);
  const { kind, q = "", all: equalToo } = search;
  const text = q.toLowerCase();
  const asked = all.filter(
    (row) => (!kind || row.kind === kind) && row.key.toLowerCase().includes(text),
  );
  const differ = asked.filter((row) => row.differs);
  const rows = equalToo ? asked : differ;
  const frame = useRef<HTMLDivElement>(null);
  const each = fitted(useWidth(frame), FIXED_WIDTH, runs.length, USUAL);
  const goals = useExperiment(runs[0]?.run.info.experiment_id ?? "").data?.tags ?? NONE;
  const columns = useMemo(
    () => [...FIXED, ...runs.map((run, at) => runColumn(run, at, each, goals))],
    [runs, each, goals],
  );
  return (
    <>
      <div className={styles.bar}>
        <Segments<Kind | "all">
          label={strings.kind}
          value={kind ?? "all"}
          choices={choicesOf(all, kind)}
          onChoose={(next) => onChange({ kind: next === "all" ? undefined : next })}
        />
        <Check checked={!equalToo} onChange={(on) => onChange({ all: on ? undefined : true })}>
          {strings.onlyDifferences}
        </Check>
        <SearchBox
          label={strings.find}
          value={q}
          onChange={(next) => onChange({ q: next || undefined })}
        />
        <span className={`num ${styles.count}`} role="status">
          {strings.rows(rows.length, differ.length, all.length)}
        </span>
      </div>
      <div className={styles.grid} ref={frame}>
        <DataGrid
          label={strings.label}
          columns={columns}
          count={rows.length}
          rowAt={(i) => rows[i]}
          rowKey={(row) => `${row.kind} ${row.key}`}
          empty={
            <Empty title={strings.same}>
              <Button onClick={() => onChange({ all: true, q: undefined, kind: undefined })}>
                {strings.showAll}
              </Button>
            </Empty>
          }
        />
      </div>
    </>
  );
}

const FIXED: readonly Column<DiffRow>[] = [
  {
    id: "key",
    name: strings.key,
    width: 220,
    pinned: true,
    cell: ({ key, differs }) => (
      <span title={key} className={differs ? styles.differs : ""}>
        {key}
      </span>
    ),
  },
  {
    id: "kind",
    name: strings.kind,
    width: 84,
    cell: ({ kind }) => <span className={styles.soft}>{strings.kinds[kind]}</span>,
  },
];

const FIXED_WIDTH = FIXED.reduce((sum, { width }) => sum + width, 0);
const USUAL = 176; // pixels of a run's column
const WORDY = 220; // pixels at which it has room for a word
const NONE: readonly ExperimentTag[] = [];

function runColumn(
  compared: Compared,
  at: number,
  width: number,
  goals: readonly ExperimentTag[],
): Column<DiffRow> {
  const { run, name, colour, dash } = compared;
  return {
    id: run.info.run_id,
    name,
    width,
    mark: <Swatch colour={colour} dashed={Boolean(dash)} />,
    cell: ({ kind, key, values }) => {
      const value = values[at];
      if (value === undefined) return <span className={styles.soft}>–</span>;
      const equal = at > 0 && value === values[0];
      const away = kind === "metrics" && at > 0 ? distance(value, values[0]) : undefined;
      return (
        <span title={value} className={`num ${equal ? styles.soft : ""}`}>
          {kind === "metrics" ? short(Number(value)) : value}
          {away !== undefined && away !== 0 && (
            <span className={styles.away}>
              <Away
                by={away}
                isBetter={away < 0 === isLessBetter(key, goals)}
                isNarrow={width < WORDY}
              />
            </span>
          )}
        </span>
      );
    },
  };
}
