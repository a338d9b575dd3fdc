import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useLoadsOf, type VersionLoads } from "../../api/loads";
import type { Loads } from "../../api/schema.gen";
import { Avatar } from "../../components/Avatar";
import { Button } from "../../components/Button";
import { Loaded } from "../../components/Loaded";
import { Panel } from "../../components/Panel";
import { Time } from "../../components/Time";
import { type DayCount, lastDays } from "../../lib/days";
import { count, grouped } from "../../lib/number";
import styles from "./LoadedBy.module.css";
import { strings } from "./strings";

const FIRST = 5; // users that are shown until all are asked for
const HEIGHT = 36; // of the greatest bar
const WIDTH = 10; // of a bar with the gap behind it

/** Who has loaded a version, when, and how often. */
export function LoadedBy({ name, version }: { name: string; version: string }) {
  const query = useLoadsOf(name, version);
  const users = query.data?.users.length;
  return (
    <Panel title={strings.loads.title} count={users || undefined}>
      <Loaded query={query} failed={strings.loads.failed} lines={3}>
        {(found) =>
          found.users.length ? (
            <Users found={found} />
          ) : (
            <div className={styles.none}>
              <p>{strings.loads.none}</p>
              <Link to="/models/$name/versions/$version/try" params={{ name, version }}>
                {strings.loads.how}
              </Link>
            </div>
          )
        }
      </Loaded>
    </Panel>
  );
}

function Users({ found }: { found: VersionLoads }) {
  const [all, setAll] = useState(false);
  const { users, more } = found;
  const shown = all ? users : users.slice(0, FIRST);
  return (
    <div className={styles.loads}>
      <Bars days={lastDays(found.days)} />
      <ul className={styles.users} aria-label={strings.loads.title}>
        {shown.map((one) => (
          <User key={one.user_id} loads={one} />
        ))}
      </ul>
      {shown.length < users.length && (
        <Button onClick={() => setAll(true)}>{strings.loads.all(users.length)}</Button>
      )}
      {all && more && <p className={styles.soft}>{strings.loads.more(users.length)}</p>}
    </div>
  );
}

function User({ loads: { user_id, count: often, first, last } }: { loads: Loads }) {
  return (
    <li>
      <span className={styles.who}>
        <Avatar name={user_id} />
        <span className="num">{count(often, strings.loads.load)}</span>
      </span>
      <span className={styles.soft}>
        {strings.loads.last} <Time at={last} />
        {often > 1 && (
          <>
            , {strings.loads.first} <Time at={first} />
          </>
        )}
      </span>
    </li>
  );
}

/** A bar for each of the last days; the sentence is for who does not see them. */
function Bars({ days }: { days: readonly DayCount[] }) {
  const most = Math.max(1, ...days.map((one) => one.count));
  const sum = days.reduce((all, one) => all + one.count, 0);
  const said = strings.loads.lately(sum, days.length);
  return (
    <figure className={styles.lately}>
      <svg
        className={styles.bars}
        viewBox={`0 0 ${days.length * WIDTH - 2} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={said}
      >
        {days.map(({ day, count: often }, i) => (
          <rect
            key={day}
            className={often ? styles.bar : styles.zero}
            x={i * WIDTH}
            width={WIDTH - 2}
            y={often ? HEIGHT - height(often, most) : HEIGHT - 1}
            height={often ? height(often, most) : 1}
          >
            <title>{strings.loads.day(day, grouped(often))}</title>
          </rect>
        ))}
      </svg>
      <figcaption className={styles.soft}>{said}</figcaption>
    </figure>
  );
}

/** One load beside a thousand is still seen. */
const height = (often: number, most: number) => Math.max(3, (often / most) * HEIGHT);
