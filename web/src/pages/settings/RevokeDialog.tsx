import { useRevoke } from "../../api/grants";
import type { Grant } from "../../api/schema.gen";
import { whoseOf } from "./GrantTable";
import { strings as all } from "./permissionStrings";
import { ReasonDialog } from "./ReasonDialog";

const strings = all.list;

/** Takes a permission back. */
export function RevokeDialog({ grant, onClose }: { grant: Grant; onClose: () => void }) {
  const revoke = useRevoke();
  const { object, permission, user = "", group = "", stage = "" } = grant;
  return (
    <ReasonDialog
      title={strings.revokeTitle}
      text={strings.revokeText(whoseOf(grant), permission, object)}
      action={strings.revoke}
      danger
      failed={strings.revokeFailed}
      done={strings.revoked}
      run={(comment) =>
        revoke.mutateAsync({
          object,
          user: user ?? "",
          group: group ?? "",
          stage: stage ?? "",
          comment,
        })
      }
      onClose={onClose}
    />
  );
}
