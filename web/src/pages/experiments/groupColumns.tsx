import type { ReactNode } from "react";
import type { GroupRow, TableRow } from "../../api/runGroups";
import type { MetricSummary } from "../../api/schema.gen";
import { Badge, StatusBadge } from "../../components/Badge";
import type { Column } from "../../components/DataGrid";
import { Icon } from "../../components/Icon";
import { Num } from "../../components/Num";
import { Time } from "../../components/Time";
import { field } from "../../lib/filter";
import { grouped, short } from "../../lib/number";
import type { RunRow } from "../../lib/table";
import { NAME } from "../runs/columns";
import styles from "./Experiment.module.css";
import type { Statistic } from "./route";
import { strings } from "./strings";

const WIDE = 168; // of a mean and its deviation

/**
 * The columns of runs as those of a table that has heads of groups, too.
 *
 * @param statistic what of a group's metrics is shown; undefined where there are no groups.
 */
export function withGroups(
  columns: readonly Column<RunRow>[],
  statistic: Statistic | undefined,
  onToggle: (row: GroupRow) => void,
): Column<TableRow>[] {
  const inGroups = statistic !== undefined;
  return columns.map((column) => {
    const wide = column.id.startsWith("metrics.") && statistic === "mean";
    return {
      ...column,
      width: wide ? Math.max(column.width, WIDE) : column.width,
      cell: (row: TableRow): ReactNode => {
        if (!("group" in row)) {
          if (column.id !== NAME || !inGroups) return column.cell(row);
          return <span className={styles.within}>{column.cell(row)}</span>;
        }
        if (column.id === NAME) return <GroupName row={row} onToggle={onToggle} />;
        return groupCell(row, column.id, statistic ?? "mean");
      },
    };
  });
}

/** The name of a group, which opens and closes it. */
function GroupName({ row, onToggle }: { row: GroupRow; onToggle: (row: GroupRow) => void }) {
  const { group, name, of, open } = row;
  const runs = of === undefined ? grouped(group.runs) : strings.groups.match(group.runs, of);
  const text = group.absent ? strings.groups.absent : name || strings.groups.empty;
  return (
    <button
      type="button"
      tabIndex={-1}
      className={styles.group}
      aria-expanded={open}
      title={text}
      onClick={() => onToggle(row)}
    >
      <Icon name={open ? "down" : "right"} size={12} />
      <span className={group.absent || !name ? styles.soft : ""}>{text}</span>
      <Badge>{runs}</Badge>
    </button>
  );
}

function groupCell({ group }: GroupRow, id: string, statistic: Statistic): ReactNode {
  if (id === "attributes.status") {
    const worst = group.statuses[0];
    return worst && <StatusBadge status={worst.status} />;
  }
  if (id === "attributes.start_time") return <Time at={group.last_start} />;
  const summary = group.metrics?.find(({ key }) => field("metrics", key) === id);
  return summary ? <Summary of={summary} statistic={statistic} /> : null;
}

/** A metric over the runs of a group; what is not shown, for who points at it. */
function Summary({ of, statistic }: { of: MetricSummary; statistic: Statistic }) {
  const title = strings.groups.summary(of.mean, of.sd ?? undefined, of.min, of.max, of.count);
  if (statistic === "count") return <span title={title}>{grouped(of.count)}</span>;
  if (statistic !== "mean") return <Num value={of[statistic]} />;
  const sd = of.sd === null || of.sd === undefined ? "" : ` ± ${short(of.sd)}`;
  return (
    <span className="num" title={title}>
      {short(of.mean)}
      <span className={styles.soft}>{sd}</span>
    </span>
  );
}
