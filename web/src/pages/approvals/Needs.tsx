import { useChecks } from "../../api/requests";
import type { CheckResult, TransitionRequest } from "../../api/schema.gen";
import { Avatar } from "../../components/Avatar";
import { Badge, type Tone } from "../../components/Badge";
import { Facts } from "../../components/Facts";
import { Panel } from "../../components/Panel";
import styles from "./Request.module.css";
import { strings } from "./strings";

const TONES: Record<CheckResult["state"], Tone> = {
  passed: "good",
  failed: "bad",
  unknown: "warn",
};

/** What the required checks say, each with its evidence. */
export function ChecksPanel({ request }: { request: TransitionRequest }) {
  const posted = useChecks(request.name ?? "", request.version ?? "").data ?? [];
  const checks = request.checks ?? [];
  if ((request.status ?? "open") !== "open") return null;
  return (
    <Panel title={strings.checks} count={checks.length || undefined}>
      {!checks.length && <p className={styles.soft}>{strings.noChecks}</p>}
      <ul className={styles.checks}>
        {checks.map((check) => {
          const evidence = posted.find((one) => one.name === check.check && one.counts !== false);
          return (
            <li key={check.check}>
              <div className={styles.line}>
                <Badge tone={TONES[check.state]}>{strings.checkStates[check.state]}</Badge>
                <code>{check.check}</code>
                {evidence?.url && (
                  <a href={evidence.url} rel="noreferrer" target="_blank">
                    {strings.evidence}
                  </a>
                )}
              </div>
              <p className={styles.soft}>{check.reason}</p>
              {evidence?.details && <p className={styles.text}>{evidence.details}</p>}
            </li>
          );
        })}
      </ul>
    </Panel>
  );
}

/** Who has approved, who must, and what else is missing. */
export function ApprovalsPanel({ request }: { request: TransitionRequest }) {
  const approvals = request.approvals ?? [];
  const needed = request.required_approvals ?? 0;
  const [missing, gone] = [request.missing ?? [], request.void_approvals ?? []];
  if (!needed && !approvals.length && !missing.length && !gone.length) return null;
  return (
    <Panel title={strings.count}>
      <Facts
        items={[
          [strings.count, strings.countOf(approvals.length, needed)],
          [
            strings.whoApproved,
            approvals.length > 0 && (
              <span key="w" className={styles.people}>
                {approvals.map((user) => (
                  <Avatar key={user} name={user} />
                ))}
              </span>
            ),
          ],
        ]}
      />
      <Sentences title={strings.missing} sentences={missing} />
      <Sentences
        title={strings.voidTitle}
        sentences={gone.map(({ user_id, reason }) => `${user_id}: ${reason}`)}
      />
    </Panel>
  );
}

function Sentences({ title, sentences }: { title: string; sentences: readonly string[] }) {
  if (!sentences.length) return null;
  return (
    <div className={styles.sentences}>
      <h3>{title}</h3>
      <ul>
        {sentences.map((text) => (
          <li key={text}>{text}</li>
        ))}
      </ul>
    </div>
  );
}
