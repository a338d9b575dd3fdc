import { Link } from "@tanstack/react-router";
import type { LineageNode } from "../../api/schema.gen";
import { Avatar } from "../../components/Avatar";
import { Facts } from "../../components/Facts";
import { Id } from "../../components/Id";
import { Outside } from "../../components/Outside";
import { Time } from "../../components/Time";
import styles from "./Lineage.module.css";
import { NodeLink, pageOf } from "./links";
import { kindOf, nameOf, strings } from "./strings";

interface LineageFactsProps {
  node: LineageNode;
  /** Whether it is the one whose lineage is shown, so that nothing leads to it. */
  here: boolean;
}

/** What is known of one thing of a lineage. */
export function LineageFacts({ node, here }: LineageFactsProps) {
  const { kind, ref, state, status, user_id: user, time, experiment_id: experiment } = node;
  const { facts } = strings;
  const run = kind === "version" ? node.run_id : "";
  const address = node.url || (kind === "deployment" && /^https?:/i.test(ref) ? ref : "");
  const numbered = kind === "dataset" || kind === "run" || kind === "logged_model";
  return (
    <aside className={styles.facts} aria-label={nameOf(node)}>
      <h3>{nameOf(node)}</h3>
      <p className={styles.soft}>
        {kind === "stage" || kind === "deployment" ? kindOf(node) : strings.kinds[kind]}
      </p>
      <Facts
        items={[
          [facts.state, state && strings.states[state]],
          [kind === "dataset" ? facts.digest : facts.id, numbered && <Id key="i" value={ref} />],
          [kind === "version" ? facts.stage : facts.status, status],
          [facts.user, user && <Avatar key="u" name={user} />],
          [facts.url, address && <Outside key="a" address={address} />],
          [facts.time, time && <Time key="t" at={time} />],
          [
            facts.experiment,
            experiment && kind !== "dataset" && (
              <Link
                key="e"
                to="/experiments/$experimentId"
                params={{ experimentId: experiment }}
                search={{}}
              >
                {experiment}
              </Link>
            ),
          ],
          [
            facts.run,
            run && (
              <Link key="r" to="/runs/$runId" params={{ runId: run }}>
                <code>{run.slice(0, 8)}</code>
              </Link>
            ),
          ],
        ]}
      />
      {!here && pageOf(node) && <NodeLink node={node}>{strings.open}</NodeLink>}
    </aside>
  );
}
