import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { explanationQuery } from "../../api/grants";
import { useModel, usePolicy } from "../../api/models";
import type { PolicyVersion, Stage } from "../../api/schema.gen";
import { useRights } from "../../api/session";
import { StageBadge } from "../../components/Badge";
import { Button } from "../../components/Button";
import { Facts } from "../../components/Facts";
import { Loaded } from "../../components/Loaded";
import { Panel } from "../../components/Panel";
import { exact } from "../../lib/time";
import { ModelTags } from "./ModelAbout";
import { ModelPermissions } from "./ModelPermissions";
import styles from "./ModelSettings.module.css";
import { ModelWebhooks } from "./ModelWebhooks";
import { PolicyEditor } from "./PolicyEditor";
import { strings as all } from "./settingsStrings";

const strings = all.stages;

/** A model's stages and reviews, its tags, who may do what with it, and who hears of it. */
export function ModelSettings({ name }: { name: string }) {
  const model = useModel(name).data;
  return (
    <>
      <Stages name={name} />
      {model && <ModelTags model={model} />}
      <ModelPermissions name={name} />
      <ModelWebhooks name={name} />
    </>
  );
}

function Stages({ name }: { name: string }) {
  const query = usePolicy(name);
  const [editing, setEditing] = useState(false);
  const { admin } = useRights();
  const object = `model:${name}`;
  const asked = useQuery(explanationQuery({ object, permission: "CAN_MANAGE" })).data;
  const may = admin || asked?.allowed === true;
  const edit = !editing && (
    <Button disabled={!may} onClick={() => setEditing(true)}>
      {strings.edit}
    </Button>
  );
  return (
    <Panel title={strings.title} actions={edit}>
      <Loaded query={query} failed={strings.failed} lines={6}>
        {(policy) => (
          <div className={styles.part}>
            <p className={styles.soft}>{sourceOf(policy, name)}</p>
            {!may && asked && <p className={styles.refused}>{strings.notYours}</p>}
            <ol className={styles.stages} aria-label={strings.title}>
              {(policy.stages ?? []).map((stage) => (
                <li key={stage} className={styles.stage}>
                  <StageBadge stage={stage} />
                  <Properties stage={policy.policy?.stages.find((one) => one.name === stage)} />
                </li>
              ))}
            </ol>
            {editing && (
              <PolicyEditor name={name} policy={policy} onClose={() => setEditing(false)} />
            )}
          </div>
        )}
      </Loaded>
    </Panel>
  );
}

/** Where the stages come from. */
function sourceOf({ id, scope = "", user_id, creation_timestamp }: PolicyVersion, name: string) {
  if (!id) return strings.builtIn;
  const when = creation_timestamp ? exact(creation_timestamp) : "";
  return strings.from(id, scope === name, user_id ?? "", when);
}

/** What a stage's policy says, in words. */
function Properties({ stage }: { stage: Stage | undefined }) {
  if (!stage) return <p className={styles.soft}>{strings.resting}</p>;
  const { holders = "many", former = "Archived", enter = [], leave = [], review } = stage;
  const { protected: guarded } = stage;
  const from = review?.from ?? [];
  return (
    <Facts
      items={[
        [strings.holders, holders === "one" ? strings.one(former) : strings.many(former)],
        [strings.direct, guarded === undefined || guarded === null ? "" : strings.guarded(guarded)],
        [strings.enter, enter.join(", ")],
        [strings.leave, leave.join(", ")],
        [strings.approvals, review ? strings.needs(review.approvals ?? 1, from) : strings.noReview],
        [
          strings.excluded,
          review &&
            (review.exclude ?? ["author", "requester"]).map((who) => strings.who[who]).join(", "),
        ],
        [
          strings.checks,
          review?.checks?.length && (
            <ul key="c" className={styles.checks}>
              {review.checks.map((check) => (
                <li key={check}>
                  <code>{check}</code>
                </li>
              ))}
            </ul>
          ),
        ],
        [strings.reason, review?.reason && strings.required],
        [strings.expires, review?.expires && strings.after(review.expires)],
        [strings.glass, review?.break_glass?.join(", ")],
      ]}
    />
  );
}
