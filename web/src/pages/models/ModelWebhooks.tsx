import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useWhyNot } from "../../api/grants";
import type { Hook } from "../../api/schema.gen";
import { useRights } from "../../api/session";
import { forgetHook, useHooks } from "../../api/webhooks";
import { Button, IconButton } from "../../components/Button";
import { Empty } from "../../components/Empty";
import { Loaded } from "../../components/Loaded";
import { Menu, MenuItem } from "../../components/Menu";
import { Panel } from "../../components/Panel";
import { type HookAct, HookDialogs } from "../settings/HookDialogs";
import { NewWebhook } from "../settings/NewWebhook";
import { HookTable } from "../settings/Webhooks";
import { strings as hookStrings } from "../settings/webhookStrings";
import styles from "./ModelSettings.module.css";
import { strings as all } from "./settingsStrings";

const strings = all.webhooks;

/** The webhooks that hear of a model: making more, changing and ending them. */
export function ModelWebhooks({ name }: { name: string }) {
  const { known } = useRights();
  const query = useHooks(known);
  const why = useWhyNot(`model:${name}`, "CAN_MANAGE") && strings.notYours;
  const [making, setMaking] = useState(false);
  const [doing, setDoing] = useState<{ hook: Hook; act: HookAct }>();
  const mine = (query.data ?? []).filter(({ model }) => !model || model === name);
  const actions = (
    <div className={styles.actions}>
      <Link to="/settings/webhooks">{strings.change}</Link>
      <Button why={why} disabled={!known} onClick={() => setMaking(true)}>
        {hookStrings.create}
      </Button>
    </div>
  );
  return (
    <Panel title={strings.title} count={mine.length} actions={actions} flush>
      {why && <p className={styles.why}>{why}</p>}
      <Loaded query={query} failed={strings.failed} lines={3}>
        {() =>
          mine.length ? (
            <HookTable
              hooks={mine}
              actions={(hook) => <HookMenu hook={hook} onAct={(act) => setDoing({ hook, act })} />}
            />
          ) : (
            <Empty title={strings.none} />
          )
        }
      </Loaded>
      {making && <NewWebhook about={name} onClose={() => setMaking(false)} />}
      {doing && (
        <HookDialogs
          {...doing}
          onClose={() => setDoing(undefined)}
          onRemoved={() => forgetHook(doing.hook.webhook_id)}
        />
      )}
    </Panel>
  );
}

function HookMenu({ hook, onAct }: { hook: Hook; onAct: (act: HookAct) => void }) {
  const off = hook.status === "DISABLED";
  const unsigned = hook.form === "databricks" ? hookStrings.noSecret : undefined;
  return (
    <Menu trigger={<IconButton icon="more" label={hookStrings.actionsOf(hook.name || hook.url)} />}>
      <MenuItem onSelect={() => onAct("edit")}>{hookStrings.edit}</MenuItem>
      <MenuItem onSelect={() => onAct("switch")}>
        {off ? hookStrings.switchOn : hookStrings.switchOff}
      </MenuItem>
      <MenuItem why={unsigned} onSelect={() => onAct("secret")}>
        {hookStrings.newSecret}
      </MenuItem>
      <MenuItem danger onSelect={() => onAct("remove")}>
        {hookStrings.remove}
      </MenuItem>
    </Menu>
  );
}
