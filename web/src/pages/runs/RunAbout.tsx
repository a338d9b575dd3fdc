import { Link } from "@tanstack/react-router";
import { useRun } from "../../api/runs";
import type { Run } from "../../api/schema.gen";
import { Avatar } from "../../components/Avatar";
import { Badge } from "../../components/Badge";
import { Time } from "../../components/Time";
import { duration } from "../../lib/time";
import { ownTags, PARENT, tagOf } from "./facts";
import styles from "./RunAbout.module.css";
import { strings } from "./strings";

const SHOWN = 5; // tags beside the rest
const LONGEST = 50; // characters of a tag there

/** Who began a run, when, how long it took, in which it is nested, and its tags: below its name. */
export function RunAbout({ run }: { run: Run | undefined }) {
  if (!run) return <div className={styles.about} />;
  const { user_id: user, start_time: start, end_time: end } = run.info;
  const parent = tagOf(run, PARENT);
  const tags = ownTags(run);
  return (
    <div className={styles.about}>
      {user && <Avatar name={user} />}
      <span>
        {strings.began} <Time at={start} />
      </span>
      {end ? <span>{strings.took(duration(end - (start ?? end)))}</span> : null}
      {parent && <Parent id={parent} />}
      {tags.slice(0, SHOWN).map(({ key, value = "" }) => (
        <span key={key} className={styles.tag} title={`${key}: ${value}`}>
          <Badge>{brief(`${key}: ${value}`)}</Badge>
        </span>
      ))}
      {tags.length > SHOWN && <span>{strings.moreTags(tags.length - SHOWN)}</span>}
    </div>
  );
}

const brief = (text: string) => (text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text);

function Parent({ id }: { id: string }) {
  const name = useRun(id).data?.info.run_name || id.slice(0, 8);
  return (
    <span className={styles.tag}>
      {strings.nestedIn}{" "}
      <Link to="/runs/$runId" params={{ runId: id }} title={name}>
        {name}
      </Link>
    </span>
  );
}
