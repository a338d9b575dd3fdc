import { Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import type { Delivery, Hook } from "../../api/schema.gen";
import { useDeliveries, useRedeliver } from "../../api/webhooks";
import { Badge, type Tone } from "../../components/Badge";
import { Button } from "../../components/Button";
import { Empty } from "../../components/Empty";
import { Loaded } from "../../components/Loaded";
import { Panel } from "../../components/Panel";
import { Segments } from "../../components/Segments";
import { Table } from "../../components/Table";
import { Time } from "../../components/Time";
import { say } from "../../state/toasts";
import { DeliveryDialog } from "./DeliveryDialog";
import { STATES, webhookRoute } from "./route";
import styles from "./Settings.module.css";
import { strings } from "./webhookStrings";

const TONES: Record<string, Tone> = { delivered: "good", pending: "info", dead: "bad" };

/** What was sent to a webhook, with what came back; and sending it again. */
export function Deliveries({ hook }: { hook: Hook }) {
  const { state } = webhookRoute.useSearch();
  const navigate = useNavigate();
  const query = useDeliveries(hook.webhook_id, state);
  const again = useRedeliver(hook.webhook_id);
  const [open, setOpen] = useState<string>();
  const dead = hook.dead ?? 0;
  const choices = [
    ["", strings.all] as const,
    ...STATES.map((one) => [one, strings.deliveryStates[one]] as const),
  ];
  const resend = (ids: string[]) =>
    again.mutate(ids, {
      onSuccess: (count) => say("good", strings.queued(count)),
      onError: (problem) => say("bad", strings.againFailed, problem.message),
    });
  const choose = (value: (typeof choices)[number][0]) =>
    void navigate({
      to: "/settings/webhooks/$webhookId",
      params: { webhookId: hook.webhook_id },
      search: value ? { state: value } : {},
      resetScroll: false,
    });
  const actions = dead > 0 && (
    <Button disabled={again.isPending} onClick={() => resend([])}>
      {strings.againAll(dead)}
    </Button>
  );
  const shown = query.data?.find(({ delivery_id }) => delivery_id === open);
  return (
    <Panel title={strings.deliveries} actions={actions} flush>
      <div className={styles.filter}>
        <Segments label={strings.state} value={state ?? ""} choices={choices} onChoose={choose} />
      </div>
      <Loaded query={query} failed={strings.deliveriesFailed} lines={5}>
        {(deliveries) =>
          deliveries.length ? (
            <DeliveryTable
              deliveries={deliveries}
              busy={again.isPending}
              onOpen={setOpen}
              onAgain={(id) => resend([id])}
            />
          ) : (
            <Empty title={state ? strings.noneInState : strings.noDeliveries}>
              {!state && <p>{strings.noDeliveriesText}</p>}
            </Empty>
          )
        }
      </Loaded>
      {query.hasNextPage && (
        <div className={styles.more}>
          <Button disabled={query.isFetching} onClick={() => void query.fetchNextPage()}>
            {strings.older}
          </Button>
        </div>
      )}
      {shown && <DeliveryDialog delivery={shown} onClose={() => setOpen(undefined)} />}
    </Panel>
  );
}

interface DeliveryTableProps {
  deliveries: readonly Delivery[];
  busy: boolean;
  onOpen: (id: string) => void;
  onAgain: (id: string) => void;
}

function DeliveryTable({ deliveries, busy, onOpen, onAgain }: DeliveryTableProps) {
  const { deliveryHeads: heads } = strings;
  const names: Record<string, string> = strings.deliveryStates;
  return (
    <Table
      label={strings.deliveries}
      heads={[
        { name: heads.event, align: "right" },
        { name: heads.kind },
        { name: heads.state },
        { name: heads.answer },
        { name: heads.attempts, align: "right" },
        { name: heads.time },
        { name: heads.actions, align: "right" },
      ]}
      rows={deliveries}
      rowKey={({ delivery_id }) => delivery_id}
      cells={(delivery) => [
        <Link key="e" to="/audit/$sequence" params={{ sequence: String(delivery.event) }}>
          {delivery.event}
        </Link>,
        <code key="k" className={styles.kind}>
          {delivery.kind}
        </code>,
        <span key="s" className={styles.marks}>
          <Badge tone={TONES[delivery.state] ?? "plain"}>
            {names[delivery.state] ?? delivery.state}
          </Badge>
          {delivery.due && delivery.attempts > 0 && (
            <span className={styles.soft}>
              {strings.due} <Time at={delivery.due} />
            </span>
          )}
        </span>,
        <span key="a">
          {delivery.status ?? (delivery.attempts > 0 ? strings.noAnswer : "–")}
          {delivery.problem && <div className={styles.soft}>{delivery.problem}</div>}
        </span>,
        <span key="n" className="num">
          {delivery.attempts}
        </span>,
        <Time key="t" at={delivery.last_updated_timestamp} />,
        <div key="x" className={styles.end}>
          <Button onClick={() => onOpen(delivery.delivery_id)}>{strings.details}</Button>{" "}
          <Button
            disabled={busy || !delivery.payload || delivery.state === "pending"}
            onClick={() => onAgain(delivery.delivery_id)}
          >
            {strings.again}
          </Button>
        </div>,
      ]}
    />
  );
}
