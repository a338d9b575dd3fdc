import type { Deployment } from "../../api/schema.gen";
import { Outside } from "../../components/Outside";
import { Time } from "../../components/Time";
import { strings } from "./strings";
import styles from "./VersionOverview.module.css";

/** Where a version runs, since when, and who has said so. */
export function DeployedTo({ deployments }: { deployments: readonly Deployment[] }) {
  return (
    <ul className={styles.places} aria-label={strings.deployedTo}>
      {deployments.map(({ id, target, url, since, user_id: user }) => (
        <li key={id}>
          <Outside address={url || target}>{target}</Outside>
          <span className={styles.soft}>
            {strings.since} <Time at={since} />
            {user && ` ${strings.movedBy(user)}`}
          </span>
        </li>
      ))}
    </ul>
  );
}
