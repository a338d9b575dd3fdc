import { useComments } from "../../api/requests";
import type { TransitionRequest } from "../../api/schema.gen";
import { Loaded } from "../../components/Loaded";
import { Panel } from "../../components/Panel";
import { conversation } from "../../lib/review";
import { Entry, NewComment } from "./Comments";
import styles from "./Request.module.css";
import { strings } from "./strings";

/** What was said about the version, and what was done about the request, oldest first. */
export function Thread({ request }: { request: TransitionRequest }) {
  const { name = "", version = "" } = request;
  const query = useComments(name, version);
  const ended = request.status === "cancelled" ? "cancelled" : "closed";
  return (
    <Panel title={strings.thread} flush>
      <Loaded query={query} failed={strings.threadFailed} lines={3}>
        {(comments) => (
          <ol className={styles.thread} aria-label={strings.thread}>
            {conversation(request, comments).map((said) => (
              <Entry key={said.id} said={said} ended={ended} />
            ))}
          </ol>
        )}
      </Loaded>
      <NewComment name={name} version={version} />
    </Panel>
  );
}
