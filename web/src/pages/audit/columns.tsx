import { Link } from "@tanstack/react-router";
import type { Event } from "../../api/schema.gen";
import { Avatar } from "../../components/Avatar";
import type { Column } from "../../components/DataGrid";
import { Time } from "../../components/Time";
import { fitted } from "../../lib/fit";
import { grouped } from "../../lib/number";
import styles from "./Audit.module.css";
import { inShort } from "./changes";
import { Breaking, ObjectLink } from "./ObjectLink";
import { strings } from "./strings";

const { heads } = strings;

const LONGEST = 400; // characters of a text; the event's page has all of it
const STACKED = 1000; // pixels of a table below which what belongs together stands together
const NARROW = 560; // below which all of an event stands together

/** The columns of the history, for a table that is so wide; 0 when that is not known. */
export function columnsIn(room: number): readonly Column<Event>[] {
  if (room > 0 && room < NARROW) {
    return [SEQUENCE, { ...ALL, width: Math.max(room - SEQUENCE.width - BAR, LEAST) }];
  }
  const stacked = room > 0 && room < STACKED;
  const fixed = stacked ? [SEQUENCE, TIME, ACTOR, WHAT] : [SEQUENCE, TIME, ACTOR, ACTION, OBJECT];
  const behind = stacked ? [] : [VIA];
  const taken = [...fixed, ...behind].reduce((sum, { width }) => sum + width, 0);
  const texts = stacked ? [STORY] : [CHANGE, REASON];
  const width = fitted(room, taken, texts.length, USUAL);
  return [...fixed, ...texts.map((column) => ({ ...column, width })), ...behind];
}

const USUAL = 240;
const LEAST = 200; // pixels of a column in which all stands
const BAR = 18; // pixels that a scroll bar and the edges take
type EventColumn = Column<Event>;

const SEQUENCE: EventColumn = {
  id: "sequence",
  name: heads.sequence,
  width: 74,
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
};
const TIME: EventColumn = {
  id: "time",
  name: heads.time,
  width: 104,
  cell: ({ time }) => <Time at={time} />,
};
const ACTOR: EventColumn = {
  id: "actor",
  name: heads.actor,
  width: 116,
  cell: ({ actor }) => <Avatar name={actor} />,
};
const ACTION: EventColumn = {
  id: "action",
  name: heads.action,
  width: 172,
  wraps: true,
  cell: ({ action }) => <Code text={action} />,
};
const OBJECT: EventColumn = {
  id: "object",
  name: heads.object,
  width: 172,
  wraps: true,
  cell: ({ object }) => <Of object={object} />,
};
const WHAT: EventColumn = {
  id: "what",
  name: heads.what,
  width: 190,
  wraps: true,
  cell: ({ action, object }) => (
    <div>
      <Code text={action} />
      <div>
        <Of object={object} />
      </div>
    </div>
  ),
};
const CHANGE: EventColumn = {
  id: "change",
  name: heads.change,
  width: USUAL,
  wraps: true,
  cell: (event) => <Text text={inShort(event)} few />,
};
const REASON: EventColumn = {
  id: "reason",
  name: heads.reason,
  width: USUAL,
  wraps: true,
  cell: ({ comment = "" }) => <Text text={comment} />,
};
const STORY: EventColumn = {
  id: "story",
  name: heads.story,
  width: USUAL,
  wraps: true,
  cell: (event) => (
    <div>
      <Story event={event} />
    </div>
  ),
};
const ALL: EventColumn = {
  id: "all",
  name: heads.story,
  width: LEAST,
  wraps: true,
  cell: (event) => (
    <div>
      <Code text={event.action} />
      <div>
        <Of object={event.object} />
      </div>
      <Story event={event} />
      <div className={styles.who}>
        <Avatar name={event.actor} />
        <Time at={event.time} />
      </div>
    </div>
  ),
};
const VIA: EventColumn = {
  id: "via",
  name: heads.via,
  width: 112,
  wraps: true,
  cell: ({ via, address }) => (
    <div title={via}>
      {via}
      {address && (
        <div className={`num ${styles.soft}`}>
          <Breaking text={address} />
        </div>
      )}
    </div>
  ),
};

function Of({ object }: { object: string }) {
  return (
    <span title={object}>
      <ObjectLink object={object} />
    </span>
  );
}

function Story({ event }: { event: Event }) {
  return (
    <>
      <Text text={inShort(event)} few />
      {event.comment && (
        <div className={styles.because}>
          <Text text={event.comment} />
        </div>
      )}
    </>
  );
}

/** A text; of one that has only a `few` lines here, the rest is on the event's page. */
function Text({ text, few = false }: { text: string; few?: boolean }) {
  const shown = text.length <= LONGEST ? text : `${text.slice(0, LONGEST).trimEnd()}…`;
  if (!few) return <span title={shown === text ? undefined : text}>{shown}</span>;
  return (
    <span className={styles.few} title={text}>
      {shown}
    </span>
  );
}

function Code({ text }: { text: string }) {
  return (
    <code>
      <Breaking text={text} />
    </code>
  );
}
