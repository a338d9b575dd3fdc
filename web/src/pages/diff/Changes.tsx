import type { VersionComparison } from "../../api/schema.gen";
import { Away } from "../../components/Away";
import { Badge, type Tone } from "../../components/Badge";
import { Empty } from "../../components/Empty";
import { Panel } from "../../components/Panel";
import { Table } from "../../components/Table";
import {
  type Change,
  type ChangeRow,
  changeOf,
  countOf,
  PARTS,
  type Part,
  rowsOf,
  type Shown,
  sameOf,
} from "../../lib/comparison";
import { isLessBetter } from "../../lib/goals";
import styles from "./Diff.module.css";
import { strings } from "./strings";

const TONES: Record<Change, Tone> = {
  added: "good",
  removed: "warn",
  changed: "info",
  same: "plain",
};

/** All that differs between two versions, part by part, and what could not be compared. */
export function Changes({ found }: { found: VersionComparison }) {
  const shown = PARTS.filter((part) => rowsOf(found, part).length > 0);
  const differs = shown.some((part) => countOf(found, part).differ > 0);
  return (
    <div className={styles.parts}>
      <Summary found={found} />
      <Untold found={found} />
      {!differs && <Empty title={strings.equal} />}
      {shown.map((part) => (
        <PartPanel key={part} part={part} found={found} />
      ))}
    </div>
  );
}

/** One line for each part: how much differs, and how much breaks. */
export function Summary({ found }: { found: VersionComparison }) {
  return (
    <ul className={styles.summary} aria-label={strings.summary}>
      {PARTS.map((part) => {
        const { differ, break: breaking } = countOf(found, part);
        const untold = found.untold?.some((one) => one.part === part);
        if (!differ && !untold && !sameOf(found, part)) return null;
        return (
          <li key={part} data-part={part} className={differ ? "" : styles.quiet}>
            <span>{strings.parts[part]}</span>{" "}
            <b>{untold ? strings.none : strings.differ(differ)}</b>
            {breaking > 0 && <Badge tone="bad">{strings.breaking(breaking)}</Badge>}
          </li>
        );
      })}
    </ul>
  );
}

/** What could not be compared, and why; parts with the same reason together. */
export function Untold({ found }: { found: VersionComparison }) {
  const reasons = new Map<string, string[]>();
  for (const { part, says } of found.untold ?? []) {
    reasons.set(says, [...(reasons.get(says) ?? []), strings.parts[part]]);
  }
  if (!reasons.size) return null;
  return (
    <ul className={styles.untold} aria-label={strings.untold}>
      {[...reasons].map(([says, parts]) => (
        <li key={says}>
          <b>{parts.join(", ")}</b> {says}
        </li>
      ))}
    </ul>
  );
}

function PartPanel({ part, found }: { part: Part; found: VersionComparison }) {
  const rows = rowsOf(found, part);
  const same = sameOf(found, part);
  const note = same > 0 && <span className={styles.soft}>{strings.same(same)}</span>;
  return (
    <Panel
      title={strings.parts[part]}
      count={countOf(found, part).differ || undefined}
      actions={note}
      flush
    >
      <ChangeTable part={part} rows={rows} found={found} />
    </Panel>
  );
}

interface ChangeTableProps {
  part: Part;
  rows: readonly ChangeRow[];
  found: VersionComparison;
}

/** Some changes of a part. */
export function ChangeTable({ part, rows, found }: ChangeTableProps) {
  const numbers = part === "metrics";
  const kinds = part === "signature" || part === "packages";
  const align = numbers ? ("right" as const) : ("left" as const);
  return (
    <Table
      label={strings.parts[part]}
      heads={[
        { name: strings.name },
        ...(kinds ? [{ name: strings.kind }] : []),
        { name: strings.version(found.before.version), align },
        { name: strings.version(found.after.version), align },
        ...(numbers ? [{ name: strings.delta, align }] : []),
        { name: strings.change },
      ]}
      rows={rows}
      stacks
      rowKey={(row) => `${row.kind} ${row.name}`}
      cells={(row) => {
        const change = changeOf(row);
        return [
          <span key="n" className={styles.name}>
            {row.name}
          </span>,
          ...(kinds ? [row.kind] : []),
          <Value key="b" value={row.before} code={part === "files"} />,
          <Value key="a" value={row.after} code={part === "files"} />,
          ...(numbers
            ? [
                row.delta ? (
                  <Away
                    key="d"
                    by={row.delta}
                    isBetter={row.delta < 0 === isLessBetter(row.name)}
                  />
                ) : (
                  ""
                ),
              ]
            : []),
          <span key="c" className={styles.marks}>
            <Badge tone={TONES[change]}>{strings.changes[change]}</Badge>
            {row.breaks && <Badge tone="bad">{strings.breaks}</Badge>}
            {row.breaks && <span className={styles.soft}>{row.breaks}</span>}
          </span>,
        ];
      }}
    />
  );
}

function Value({ value, code }: { value: Shown | undefined; code: boolean }) {
  if (!value) return <span className={styles.soft}>{strings.none}</span>;
  const Tag = code ? "code" : "span";
  return (
    <Tag className={styles.value} title={value.full}>
      {value.text}
    </Tag>
  );
}
