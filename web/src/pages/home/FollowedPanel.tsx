import { useMutation, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { followsQuery, markSeen, unfollowHidden } from "../../api/follows";
import { Button } from "../../components/Button";
import { Entry } from "../../components/History";
import history from "../../components/History.module.css";
import { Panel } from "../../components/Panel";
import { say } from "../../state/toasts";
import styles from "./Home.module.css";
import { strings } from "./strings";

/** What others have done to the models that the user follows; nothing where they follow none. */
export function FollowedPanel() {
  const found = useQuery(followsQuery).data;
  const seen = useMutation({
    mutationFn: markSeen,
    onError: (problem) => say("bad", problem.message),
  });
  const forget = useMutation({
    mutationFn: unfollowHidden,
    onError: (problem) => say("bad", problem.message),
  });
  const { models = [], hidden = 0 } = found ?? {};
  if (!found || (models.length === 0 && hidden === 0)) return null;
  const news = models.filter(({ unread = 0 }) => unread > 0);
  const quiet = models.filter(({ unread = 0 }) => unread === 0);
  const mark = news.length > 0 && (
    <Button disabled={seen.isPending} onClick={() => seen.mutate(found.sequence)}>
      {strings.markSeen}
    </Button>
  );
  return (
    <Panel title={strings.followed} actions={mark} flush>
      {news.map(({ name, unread = 0, events = [] }) => (
        <section key={name} aria-label={name}>
          <div className={`${styles.line} ${styles.followed}`}>
            <Link to="/models/$name" params={{ name }} search={{ tab: "history" }}>
              <strong>{name}</strong>
            </Link>
            <span className={styles.right}>{strings.unread(unread)}</span>
          </div>
          <ol className={history.list} aria-label={strings.newsOf(name)}>
            {events.map((event) => (
              <Entry key={event.sequence} event={event} />
            ))}
          </ol>
        </section>
      ))}
      {quiet.length > 0 && (
        <div className={styles.quiet}>
          <span>{strings.noNews}</span>
          <ul aria-label={strings.noNews}>
            {quiet.map(({ name }) => (
              <li key={name}>
                <Link to="/models/$name" params={{ name }}>
                  {name}
                </Link>
              </li>
            ))}
          </ul>
        </div>
      )}
      {hidden > 0 && (
        <div className={styles.quiet}>
          <span>{strings.hiddenFollowed(hidden)}</span>
          <Button disabled={forget.isPending} onClick={() => forget.mutate()}>
            {strings.unfollowHidden}
          </Button>
        </div>
      )}
    </Panel>
  );
}
