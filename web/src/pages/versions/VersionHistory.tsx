import { useNavigate } from "@tanstack/react-router";
import { useLoadsByDay } from "../../api/loads";
import { useComments } from "../../api/requests";
import { Avatar } from "../../components/Avatar";
import { Check } from "../../components/Field";
import { History, Line } from "../../components/History";
import { Loaded } from "../../components/Loaded";
import { Panel } from "../../components/Panel";
import { Time } from "../../components/Time";
import { loadsBetween, type UserLoads } from "../../lib/loadsBetween";
import { saidOf } from "../../lib/review";
import { Entry, NewComment } from "../approvals/Comments";
import thread from "../approvals/Request.module.css";
import { historyRoute, versionRoute } from "./route";
import { strings } from "./strings";

const MOST = 5; // users between two changes that have a line of their own

/** What was said about a version, and what was done with it. */
export function VersionHistory() {
  const { name, version } = versionRoute.useParams();
  const shown = historyRoute.useSearch().loads !== false;
  const navigate = useNavigate();
  const loads = useLoadsByDay(name, version, shown).data ?? [];
  return (
    <>
      <Comments name={name} version={version} />
      <History
        of={{ object: `version:${name}/${version}` }}
        actions={
          <Check
            checked={shown}
            onChange={(on) =>
              void navigate({
                to: "/models/$name/versions/$version/history",
                params: { name, version },
                search: on ? {} : { loads: false },
                replace: true,
                resetScroll: false,
              })
            }
          >
            {strings.loads.inHistory}
          </Check>
        }
        between={
          shown
            ? (from, behind) => <LoadLines loads={loadsBetween(loads, from, behind)} />
            : undefined
        }
      />
    </>
  );
}

/** Who loaded a version between two changes: a line for each, the last first. */
function LoadLines({ loads }: { loads: readonly UserLoads[] }) {
  const others = loads.slice(MOST);
  return (
    <>
      {loads.slice(0, MOST).map(({ user, count: often, first, last }) => (
        <Line key={user} at={last} who={<Avatar name={user} />}>
          {strings.loads.loaded(often)}
          {often > 1 && (
            <>
              , {strings.loads.first} <Time at={first} />
            </>
          )}
        </Line>
      ))}
      {others.length > 0 && (
        <Line at={others[0]?.last} who={strings.loads.others(others.length)}>
          {strings.loads.loaded(others.reduce((sum, one) => sum + one.count, 0))}
        </Line>
      )}
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
