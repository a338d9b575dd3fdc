import { useChecks } from "../../api/requests";
import type { Check } from "../../api/schema.gen";
import { Badge } from "../../components/Badge";
import { Loaded } from "../../components/Loaded";
import { Panel } from "../../components/Panel";
import { Time } from "../../components/Time";
import { None } from "./Recorded";
import { strings } from "./strings";
import styles from "./VersionOverview.module.css";

/** The results of checks that were posted for a version, each with its evidence. */
export function Checks({ name, version }: { name: string; version: string }) {
  const query = useChecks(name, version);
  return (
    <Panel title={strings.checks} count={query.data?.length} flush>
      <Loaded query={query} failed={strings.checksFailed} lines={2}>
        {(checks) =>
          checks.length ? (
            <ul className={styles.checks}>
              {checks.map((check) => (
                <Result key={check.name} check={check} />
              ))}
            </ul>
          ) : (
            <None>{strings.noChecks}</None>
          )
        }
      </Loaded>
    </Panel>
  );
}

function Result({ check }: { check: Check }) {
  const { passed, counts = true, url, details } = check;
  return (
    <li>
      <span className={styles.marks}>
        <Badge tone={passed ? "good" : "bad"}>{passed ? strings.passed : strings.notPassed}</Badge>
        <code>{check.name}</code>
        {!counts && <Badge tone="warn">{strings.stale}</Badge>}
        {url && (
          <a href={url} rel="noreferrer" target="_blank">
            {strings.evidence}
          </a>
        )}
      </span>
      <p className={styles.soft}>
        {check.user_id && `${check.user_id} · `}
        <Time at={check.creation_timestamp} />
      </p>
      {details && <p className={styles.text}>{details}</p>}
    </li>
  );
}
