import { SecretDialog } from "./SecretDialog";
import { strings } from "./webhookStrings";

interface HookSecretProps {
  title: string;
  secret: string;
  onClose: () => void;
}

/** Shows the secret of a webhook, this once. */
export function HookSecret(props: HookSecretProps) {
  return (
    <SecretDialog
      {...props}
      label={strings.secretLabel}
      text={strings.secretText}
      stored={strings.stored}
    />
  );
}
