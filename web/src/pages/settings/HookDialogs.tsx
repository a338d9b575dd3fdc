import { useRef, useState } from "react";
import type { Hook } from "../../api/schema.gen";
import { useDeleteHook, useSetSecret, useSwitchHook } from "../../api/webhooks";
import { newSecret } from "../../lib/secret";
import { EditWebhook } from "./EditWebhook";
import { HookSecret } from "./HookSecret";
import { ReasonDialog } from "./ReasonDialog";
import { strings } from "./webhookStrings";

export type HookAct = "edit" | "switch" | "secret" | "remove";

interface HookDialogsProps {
  hook: Hook;
  act: HookAct;
  onClose: () => void;
  /** Called when the webhook is gone. */
  onRemoved: () => void | Promise<void>;
}

/** The dialog in which something is done about a webhook. */
export function HookDialogs({ hook, act, onClose, onRemoved }: HookDialogsProps) {
  const [secret, setSecret] = useState("");
  const made = useRef("");
  const flip = useSwitchHook();
  const change = useSetSecret();
  const remove = useDeleteHook();
  const off = hook.status === "DISABLED";
  if (act === "edit") return <EditWebhook hook={hook} onClose={onClose} />;
  if (act === "switch") {
    return (
      <ReasonDialog
        title={off ? strings.switchOnTitle : strings.switchOffTitle}
        text={off ? strings.switchOnText : strings.switchOffText}
        action={off ? strings.switchOn : strings.switchOff}
        failed={strings.switchFailed}
        done={off ? strings.switchedOn : strings.switchedOff}
        run={(comment) => flip.mutateAsync({ hook, comment })}
        onClose={onClose}
      />
    );
  }
  if (act === "remove") {
    return (
      <ReasonDialog
        title={strings.removeTitle}
        text={strings.removeText}
        action={strings.remove}
        typed={hook.name || hook.url}
        danger
        failed={strings.removeFailed}
        done={strings.removed}
        run={async (comment) => {
          await remove.mutateAsync({ hook, comment });
          await onRemoved();
        }}
        onClose={onClose}
      />
    );
  }
  if (secret) return <HookSecret title={strings.newSecret} secret={secret} onClose={onClose} />;
  return (
    <ReasonDialog
      title={strings.newSecretTitle}
      text={strings.newSecretText}
      action={strings.newSecretSubmit}
      failed={strings.newSecretFailed}
      done={strings.newSecret}
      run={async (comment) => {
        const fresh = newSecret();
        await change.mutateAsync({ hook, secret: fresh, comment });
        made.current = fresh;
      }}
      onClose={() => {
        if (made.current) setSecret(made.current);
        else onClose();
        made.current = "";
      }}
    />
  );
}
