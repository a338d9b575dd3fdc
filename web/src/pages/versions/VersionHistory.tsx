import { useComments } from "../../api/requests";
import { History } from "../../components/History";
import { Loaded } from "../../components/Loaded";
import { Panel } from "../../components/Panel";
import { saidOf } from "../../lib/review";
import { Entry, NewComment } from "../approvals/Comments";
import thread from "../approvals/Request.module.css";
import { versionRoute } from "./route";
import { strings } from "./strings";

/** What was said about a version, and what was done with it. */
export function VersionHistory() {
  const { name, version } = versionRoute.useParams();
  return (
    <>
      <Comments name={name} version={version} />
      <History of={{ object: `version:${name}/${version}` }} />
    </>
  );
}

/** The comments on a version, oldest first, whether or not a move was asked for. */
function Comments({ name, version }: { name: string; version: string }) {
  const query = useComments(name, version);
  return (
    <Panel title={strings.comments} count={query.data?.length} flush>
      <Loaded query={query} failed={strings.commentsFailed} lines={2}>
        {(comments) =>
          comments.length > 0 && (
            <ol className={thread.thread} aria-label={strings.comments}>
              {comments.map((comment) => (
                <Entry key={comment.id} said={saidOf(comment)} />
              ))}
            </ol>
          )
        }
      </Loaded>
      <NewComment name={name} version={version} />
    </Panel>
  );
}
