import { type ReactNode, useMemo, useRef } from "react";
import { Button } from "../../components/Button";
import { type Column, DataGrid } from "../../components/DataGrid";
import { Empty } from "../../components/Empty";
import { Check, SearchBox } from "../../components/Field";
import { Swatch } from "../../components/Swatch";
import { useWidth } from "../../components/useWidth";
import { fitted } from "../../lib/fit";
import type { Compared, PartProps } from "./Compare";
import styles from "./Compare.module.css";
import { countsOf, type SideRow } from "./sides";
import { strings } from "./strings";

interface SideGridProps extends PartProps {
  label: string;
  rows: readonly SideRow[];
  find: string;
  /** What is counted, when that is not all rows. */
  counted?: readonly SideRow[];
  name?: (row: SideRow) => ReactNode;
}

const ROW = 30;
const HEAD = 34;
const NARROW = 640; // pixels below which the keys leave room for a run
const WIDE = 1000; // from which long keys are seen whole
const USUAL = 220; // pixels of a run's column

/** Keys of the runs beside each other, and how each differs from the first run. */
export function SideGrid(props: SideGridProps) {
  const { label, rows, counted = rows, find, runs, search, onChange, name } = props;
  const { q = "", all } = search;
  const text = q.toLowerCase();
  const asked = rows.filter((row) => row.key.toLowerCase().includes(text));
  const shown = all ? asked : asked.filter((row) => row.differs);
  const grouped = rows.some((row) => row.group);
  const frame = useRef<HTMLDivElement>(null);
  const room = useWidth(frame);
  const columns = useMemo(() => {
    const fixed = [keyColumn(name, room), ...(grouped ? [GROUP] : [])];
    const taken = fixed.reduce((sum, { width }) => sum + width, 0);
    const each = fitted(room, taken, runs.length, USUAL);
    return [...fixed, ...runs.map((run, at) => runColumn(run, at, each))];
  }, [runs, name, grouped, room]);
  const counts = runs.length === 2 ? countsOf(counted, 1) : undefined;
  return (
    <div>
      <div className={styles.bar}>
        <Check checked={!all} onChange={(on) => onChange({ all: on ? undefined : true })}>
          {strings.onlyDifferences}
        </Check>
        <SearchBox label={find} value={q} onChange={(next) => onChange({ q: next || undefined })} />
        <span className={`num ${styles.count}`} role="status">
          {counts
            ? strings.changes(counts.changed, counts.added, counts.removed, counts.same)
            : strings.differing(rows.filter((row) => row.differs).length, rows.length)}
        </span>
      </div>
      <div
        ref={frame}
        className={styles.sides}
        style={{
          height: Math.max(Math.min(shown.length * ROW + HEAD + 14, 620), shown.length ? 162 : 190),
        }}
      >
        <DataGrid
          label={label}
          columns={columns}
          count={shown.length}
          rowAt={(i) => shown[i]}
          rowKey={(row) => `${row.group} ${row.key}`}
          empty={
            <Empty title={q ? strings.noDifference : strings.noDifferences}>
              <Button onClick={() => onChange({ all: true, q: undefined })}>
                {strings.showAll}
              </Button>
            </Empty>
          }
        />
      </div>
    </div>
  );
}

const GROUP: Column<SideRow> = {
  id: "group",
  name: strings.kind,
  width: 96,
  cell: ({ group }) => <span className={styles.soft}>{group}</span>,
};

function keyColumn(name: SideGridProps["name"], room: number): Column<SideRow> {
  const wide = room < WIDE ? 220 : 280;
  return {
    id: "key",
    name: strings.key,
    width: window.innerWidth < NARROW ? 136 : wide,
    pinned: true,
    cell: (row) =>
      name?.(row) ?? (
        <span title={row.key} className={row.differs ? styles.differs : ""}>
          {row.key}
        </span>
      ),
  };
}

function runColumn(compared: Compared, at: number, width: number): Column<SideRow> {
  const { run, name, colour, dash } = compared;
  return {
    id: run.info.run_id,
    name,
    width,
    mark: <Swatch colour={colour} dashed={Boolean(dash)} />,
    cell: ({ sides }) => {
      const side = sides[at];
      if (!side) return <span className={styles.soft}>–</span>;
      const { text, change } = side;
      if (at === 0) return <span title={text}>{text}</span>;
      return (
        <span title={text} className={`${styles.side} ${styles[change] ?? ""}`}>
          {change !== "removed" && <span>{text}</span>}
          {change !== "same" && <em>{strings.change[change]}</em>}
        </span>
      );
    },
  };
}
