import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { explanationQuery, useGrants } from "../../api/grants";
import { usePolicy } from "../../api/models";
import type { PolicyVersion, Stage } from "../../api/schema.gen";
import { useRights } from "../../api/session";
import { useHooks } from "../../api/webhooks";
import { StageBadge } from "../../components/Badge";
import { Button } from "../../components/Button";
import { Empty } from "../../components/Empty";
import { Facts } from "../../components/Facts";
import { Loaded } from "../../components/Loaded";
import { Panel } from "../../components/Panel";
import { exact } from "../../lib/time";
import { GrantTable } from "../settings/GrantTable";
import { HookTable } from "../settings/Webhooks";
import styles from "./ModelSettings.module.css";
import { PolicyEditor } from "./PolicyEditor";
import { strings as all } from "./settingsStrings";

const strings = all.stages;

/** A model's stages and reviews, who may do what with it, and who hears of it. */
export function ModelSettings({ name }: { name: string }) {
  return (
    <>
      <Stages name={name} />
      <Permissions name={name} />
      <Webhooks name={name} />
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

function Permissions({ name }: { name: string }) {
  const query = useGrants({ object: `model:${name}` });
  const texts = all.permissions;
  const on = `model:${name}`;
  const change = (
    <Link to="/settings/permissions" search={{ on, object: on }}>
      {texts.change}
    </Link>
  );
  return (
    <Panel title={texts.title} count={query.data?.length} actions={change} flush>
      <Loaded query={query} failed={texts.failed} lines={3}>
        {(grants) =>
          grants.length ? (
            <GrantTable label={texts.title} grants={grants} />
          ) : (
            <Empty title={texts.none}>
              <p>{texts.noneText}</p>
            </Empty>
          )
        }
      </Loaded>
    </Panel>
  );
}

function Webhooks({ name }: { name: string }) {
  const { known } = useRights();
  const query = useHooks(known);
  const texts = all.webhooks;
  const mine = (query.data ?? []).filter(({ model }) => !model || model === name);
  return (
    <Panel
      title={texts.title}
      count={mine.length}
      actions={<Link to="/settings/webhooks">{texts.change}</Link>}
      flush
    >
      <Loaded query={query} failed={texts.failed} lines={3}>
        {() => (mine.length ? <HookTable hooks={mine} /> : <Empty title={texts.none} />)}
      </Loaded>
    </Panel>
  );
}
