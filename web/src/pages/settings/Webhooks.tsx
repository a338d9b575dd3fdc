import { Link } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import { serverUrl } from "../../api/client";
import { useStewardship } from "../../api/grants";
import type { Hook } from "../../api/schema.gen";
import { useRights } from "../../api/session";
import { useHooks } from "../../api/webhooks";
import { Badge, type Tone } from "../../components/Badge";
import { Code } from "../../components/Code";
import { Empty } from "../../components/Empty";
import { Loaded } from "../../components/Loaded";
import { Panel } from "../../components/Panel";
import { ReasonButton } from "../../components/ReasonButton";
import { Table } from "../../components/Table";
import { NewWebhook } from "./NewWebhook";
import styles from "./Settings.module.css";
import { strings as all } from "./strings";
import { strings } from "./webhookStrings";

/** The webhooks that one may manage, of every form. */
export function Webhooks() {
  const { known } = useRights();
  const { models } = useStewardship();
  const query = useHooks(known);
  const [making, setMaking] = useState(false);
  return (
    <div className={styles.part}>
      <div className={styles.intro}>
        <p>
          {strings.about} {known && !models && strings.notManaged}
        </p>
        <ReasonButton
          kind="primary"
          disabled={!known}
          why={known && !models ? strings.notManaged : undefined}
          onClick={() => setMaking(true)}
        >
          {strings.create}
        </ReasonButton>
      </div>
      <Loaded query={query} failed={strings.failed} lines={4}>
        {(hooks) => (
          <Panel title={all.tabs.webhooks} bare flush>
            {hooks.length ? (
              <HookTable hooks={hooks} />
            ) : (
              <Empty title={strings.none}>
                <p>{strings.noneText}</p>
                {models && (
                  <Code
                    label={strings.none}
                    text={`cuvee webhooks create "$URL" \\\n  --action version.transitioned --tracking-uri ${serverUrl}`}
                  />
                )}
              </Empty>
            )}
          </Panel>
        )}
      </Loaded>
      {making && <NewWebhook onClose={() => setMaking(false)} />}
    </div>
  );
}

interface HookTableProps {
  hooks: readonly Hook[];
  /** What can be done about a webhook; on its page when absent. */
  actions?: (hook: Hook) => ReactNode;
}

export function HookTable({ hooks, actions }: HookTableProps) {
  const { heads } = strings;
  return (
    <Table
      label={all.tabs.webhooks}
      heads={[
        { name: heads.url },
        { name: heads.events },
        { name: heads.model },
        { name: heads.status },
        { name: heads.deliveries },
        { name: heads.by },
        ...(actions ? [{ name: heads.actions, align: "right" as const }] : []),
      ]}
      rows={hooks}
      rowKey={({ webhook_id }) => webhook_id}
      cells={(hook) => [
        <span key="u" className={styles.url}>
          <Link to="/settings/webhooks/$webhookId" params={{ webhookId: hook.webhook_id }}>
            {hook.name || hook.url}
          </Link>
          {hook.name && <div className={styles.soft}>{hook.url}</div>}
        </span>,
        eventsOf(hook),
        hook.model ?? strings.registry,
        <HookState key="s" hook={hook} />,
        <Counts key="d" hook={hook} />,
        hook.vouched_by || "–",
        ...(actions ? [actions(hook)] : []),
      ]}
    />
  );
}

const SHOWN = 4; // events in the table

export function eventsOf({ actions = [] }: Hook): string {
  if (!actions.length) return strings.everything;
  const more = actions.length > SHOWN ? `, +${actions.length - SHOWN}` : "";
  return actions.slice(0, SHOWN).join(", ") + more;
}

const TONES: Record<string, Tone> = { ACTIVE: "good", DISABLED: "bad", TEST_MODE: "warn" };

/** Whether a webhook is on. */
export function HookState({ hook: { status } }: { hook: Hook }) {
  const names: Record<string, string> = strings.states;
  return <Badge tone={TONES[status] ?? "plain"}>{names[status] ?? status}</Badge>;
}

function Counts({ hook: { pending = 0, dead = 0 } }: { hook: Hook }) {
  return (
    <span className={styles.marks}>
      {pending > 0 && <Badge tone="info">{strings.waiting(pending)}</Badge>}
      {dead > 0 && <Badge tone="bad">{strings.dead(dead)}</Badge>}
      {!pending && !dead && <span className={styles.soft}>{strings.allSent}</span>}
    </span>
  );
}
