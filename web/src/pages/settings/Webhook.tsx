import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import type { Hook, TryOutcome } from "../../api/schema.gen";
import { forgetHook, useHook, useTryHook } from "../../api/webhooks";
import { Button } from "../../components/Button";
import { ErrorNote } from "../../components/ErrorNote";
import { Facts } from "../../components/Facts";
import { Id } from "../../components/Id";
import { Loaded } from "../../components/Loaded";
import { Panel } from "../../components/Panel";
import { ReasonButton } from "../../components/ReasonButton";
import { Time } from "../../components/Time";
import { Deliveries } from "./Deliveries";
import { type HookAct, HookDialogs } from "./HookDialogs";
import { webhookRoute } from "./route";
import styles from "./Settings.module.css";
import { eventsOf, HookState } from "./Webhooks";
import { strings } from "./webhookStrings";

/** One webhook: what it is, a test, and what was sent. */
export function Webhook() {
  const { webhookId } = webhookRoute.useParams();
  const query = useHook(webhookId);
  return (
    <div className={styles.part}>
      <Loaded query={query} failed={strings.oneFailed} lines={8}>
        {(hook) => (
          <>
            {hook.problem && <ErrorNote title={strings.problem} problem={hook.problem} />}
            <About hook={hook} />
            <Deliveries hook={hook} />
          </>
        )}
      </Loaded>
    </div>
  );
}

function About({ hook }: { hook: Hook }) {
  const test = useTryHook();
  const forms: Record<string, string> = strings.forms;
  return (
    <Panel title={hook.name || strings.about1} actions={<Actions hook={hook} test={test} />}>
      <div className={styles.part}>
        <Facts
          items={[
            [strings.heads.status, <HookState key="s" hook={hook} />],
            [
              strings.url,
              <code key="u" className={styles.url}>
                {hook.url}
              </code>,
            ],
            [strings.description, hook.description],
            [strings.tells, eventsOf(hook)],
            [strings.heads.model, hook.model ?? strings.registry],
            [strings.form, forms[hook.form] ?? hook.form],
            [strings.secret, hook.signed ? strings.signedYes : strings.signedNo],
            [" ", hook.authorized && strings.authorized],
            [strings.headers, hook.header_names && <Headers key="h" names={hook.header_names} />],
            ["  ", hook.verify === false && strings.certificate],
            [strings.by, hook.vouched_by],
            [strings.since, <Time key="c" at={hook.creation_timestamp} />],
            [strings.changed, <Time key="l" at={hook.last_updated_timestamp} />],
            [strings.id, <Id key="i" value={hook.webhook_id} />],
          ]}
        />
        {test.data && <Outcome outcome={test.data} />}
        {test.isError && <ErrorNote title={strings.testNotSent} problem={test.error} />}
      </div>
    </Panel>
  );
}

function Headers({ names }: { names: readonly string[] }) {
  return (
    <>
      <span className={styles.url}>{names.join(", ")}</span>{" "}
      <span className={styles.soft}>({strings.headersShown})</span>
    </>
  );
}

function Outcome({ outcome }: { outcome: TryOutcome }) {
  const { success, response_status, error_message } = outcome;
  if (!success) {
    const why = error_message || strings.testDone(response_status ?? 0);
    return <ErrorNote title={strings.testFailed} problem={why} />;
  }
  return (
    <p className={styles.yes} role="status">
      {strings.testDone(response_status ?? 0)}
    </p>
  );
}

function Actions({ hook, test }: { hook: Hook; test: ReturnType<typeof useTryHook> }) {
  const [act, setAct] = useState<HookAct>();
  const navigate = useNavigate();
  const off = hook.status === "DISABLED";
  return (
    <>
      <Button disabled={test.isPending} onClick={() => test.mutate(hook.webhook_id)}>
        {strings.test}
      </Button>
      <Button onClick={() => setAct("edit")}>{strings.edit}</Button>
      <Button onClick={() => setAct("switch")}>{off ? strings.switchOn : strings.switchOff}</Button>
      <ReasonButton
        why={hook.form === "databricks" ? strings.noSecret : undefined}
        onClick={() => setAct("secret")}
      >
        {strings.newSecret}
      </ReasonButton>
      <Button kind="danger" onClick={() => setAct("remove")}>
        {strings.remove}
      </Button>
      {act && (
        <HookDialogs
          hook={hook}
          act={act}
          onClose={() => setAct(undefined)}
          onRemoved={async () => {
            await navigate({ to: "/settings/webhooks" });
            forgetHook(hook.webhook_id);
          }}
        />
      )}
    </>
  );
}
