import { Link } from "@tanstack/react-router";
import type { Run } from "../../api/schema.gen";
import { StatusBadge } from "../../components/Badge";
import type { Column } from "../../components/DataGrid";
import { Num } from "../../components/Num";
import { Time } from "../../components/Time";
import { field } from "../../lib/filter";
import { duration } from "../../lib/time";
import type { Key } from "../../lib/vary";
import { strings } from "./strings";

/** What every run has; ids are the keys of the search language. */
export const FIXED: readonly Column<Run>[] = [
  {
    id: "attributes.run_name",
    name: strings.columns.name,
    width: 220,
    pinned: true,
    sortable: true,
    cell: ({ info }) => (
      <Link to="/runs/$runId" params={{ runId: info.run_id }} tabIndex={-1} title={info.run_name}>
        {info.run_name}
      </Link>
    ),
  },
  {
    id: "attributes.status",
    name: strings.columns.status,
    width: 104,
    sortable: true,
    cell: ({ info }) => <StatusBadge status={info.status} />,
  },
  {
    id: "attributes.start_time",
    name: strings.columns.started,
    width: 120,
    sortable: true,
    cell: ({ info }) => <Time at={info.start_time} />,
  },
  {
    id: "duration",
    name: strings.columns.duration,
    width: 92,
    align: "right",
    cell: ({ info }) => (
      <span>{info.end_time ? duration(info.end_time - info.start_time) : "–"}</span>
    ),
  },
  {
    id: "attributes.user_id",
    name: strings.columns.user,
    width: 110,
    sortable: true,
    cell: ({ info }) => <span title={info.user_id}>{info.user_id}</span>,
  },
];

/** A column for a metric or a param. */
export function keyColumn({ kind, key }: Key): Column<Run> {
  return {
    id: field(kind, key),
    name: key,
    width: Math.min(Math.max(key.length * 7.5 + 40, 92), 220),
    align: kind === "metrics" ? "right" : "left",
    sortable: true,
    cell: ({ data }) => {
      if (kind === "metrics") {
        return <Num value={data.metrics?.find((metric) => metric.key === key)?.value} />;
      }
      const value = data.params?.find((param) => param.key === key)?.value;
      return <span title={value}>{value ?? "–"}</span>;
    },
  };
}
