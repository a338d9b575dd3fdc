import { Link } from "@tanstack/react-router";
import type { Event } from "../../api/schema.gen";
import { Avatar } from "../../components/Avatar";
import type { Column } from "../../components/DataGrid";
import { Time } from "../../components/Time";
import { grouped } from "../../lib/number";
import { inShort } from "./changes";
import { ObjectLink } from "./ObjectLink";
import { strings } from "./strings";

const { heads } = strings;

/** The columns of the history. */
export const COLUMNS: readonly Column<Event>[] = [
  {
    id: "sequence",
    name: heads.sequence,
    width: 84,
    align: "right",
    pinned: true,
    cell: ({ sequence }) => (
      <Link
        to="/audit/$sequence"
        params={{ sequence: String(sequence) }}
        aria-label={strings.event(String(sequence))}
      >
        {grouped(sequence)}
      </Link>
    ),
  },
  { id: "time", name: heads.time, width: 116, cell: ({ time }) => <Time at={time} /> },
  { id: "actor", name: heads.actor, width: 148, cell: ({ actor }) => <Avatar name={actor} /> },
  {
    id: "action",
    name: heads.action,
    width: 190,
    cell: ({ action }) => <code>{action}</code>,
  },
  {
    id: "object",
    name: heads.object,
    width: 206,
    cell: ({ object }) => (
      <span title={object}>
        <ObjectLink object={object} />
      </span>
    ),
  },
  {
    id: "change",
    name: heads.change,
    width: 270,
    cell: (event) => {
      const text = inShort(event);
      return <span title={text}>{text.slice(0, 300)}</span>;
    },
  },
  {
    id: "reason",
    name: heads.reason,
    width: 250,
    cell: ({ comment = "" }) => <span title={comment}>{comment.slice(0, 300)}</span>,
  },
  { id: "via", name: heads.via, width: 108, cell: ({ via }) => via },
];
