import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { StatusBadge } from "../../components/Badge";
import type { Column } from "../../components/DataGrid";
import { Num } from "../../components/Num";
import { Swatch } from "../../components/Swatch";
import { Time } from "../../components/Time";
import type { Stroke } from "../../lib/colour";
import { readColumn } from "../../lib/columns";
import { shortText } from "../../lib/number";
import type { RunRow } from "../../lib/table";
import { duration } from "../../lib/time";
import { strings } from "./strings";

/** The column of runs' names; groups and nested runs are told apart in it. */
export const NAME = "attributes.run_name";

/** What every run has; ids are the keys of the search language. */
export const FIXED: readonly Column<RunRow>[] = [
  {
    id: "attributes.status",
    name: strings.columns.status,
    width: 104,
    sortable: true,
    cell: ({ status }) => <StatusBadge status={status} />,
  },
  {
    id: "attributes.start_time",
    name: strings.columns.started,
    width: 120,
    sortable: true,
    cell: ({ start }) => <Time at={start} />,
  },
  {
    id: "duration",
    name: strings.columns.duration,
    width: 92,
    align: "right",
    cell: ({ start, end }) => <span>{end ? duration(end - start) : "–"}</span>,
  },
  {
    id: "attributes.user_id",
    name: strings.columns.user,
    width: 110,
    sortable: true,
    cell: ({ user }) => <span title={user}>{user}</span>,
  },
];

/** The name of a run, with the colour that it has in a comparison of those that are selected. */
export function nameColumn(strokes: ReadonlyMap<string, Stroke>): Column<RunRow> {
  return {
    id: NAME,
    name: strings.columns.name,
    width: 220,
    pinned: true,
    sortable: true,
    cell: ({ id, name }) => {
      const stroke = strokes.get(id);
      return (
        <>
          {stroke && (
            <>
              <Swatch colour={stroke.colour} dashed={Boolean(stroke.dash)} />
              &nbsp;
            </>
          )}
          <Link to="/runs/$runId" params={{ runId: id }} tabIndex={-1} title={name}>
            {name}
          </Link>
        </>
      );
    },
  };
}

/** The key of a field of the search language. */
export const keyName = (id: string) => id.slice(id.indexOf(".") + 1).replace(/^`(.*)`$/, "$1");

/** A column for a metric, a param or a tag, by its field of the search language. */
export function keyColumn(id: string): Column<RunRow> {
  const { base, point } = readColumn(id);
  const name = point === "last" ? keyName(base) : strings.columns.point(keyName(base), point);
  const metric = base.startsWith("metrics.");
  return {
    id,
    name,
    width: Math.min(Math.max(name.length * 7.5 + 40, metric ? 108 : 120), 220),
    align: metric ? "right" : "left",
    sortable: true,
    cell: ({ values }): ReactNode => {
      const value = values.get(id);
      if (typeof value === "number") return <Num value={value as never} />;
      if (value === undefined) return <span>–</span>;
      if (!base.startsWith("params.")) return <span title={value}>{value}</span>;
      const text = shortText(value);
      return (
        <span className={text === value ? undefined : "brief"} title={value}>
          {text}
        </span>
      );
    },
  };
}
