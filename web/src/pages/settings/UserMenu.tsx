import { useState } from "react";
import { useActivate, useDeactivate, useDeleteUser, useSetAdmin } from "../../api/people";
import type { User } from "../../api/schema.gen";
import { IconButton } from "../../components/Button";
import { Menu, MenuItem, MenuLine } from "../../components/Menu";
import { PasswordDialog } from "./PasswordDialog";
import { ReasonDialog } from "./ReasonDialog";
import { strings as all } from "./strings";

const strings = all.users;
type Act = keyof typeof strings.done;

interface UserMenuProps {
  user: User;
  self: boolean;
  /** Whether only one active admin is left. */
  lastAdmin: boolean;
}

/** What an admin may do about a user; what cannot be done says why. */
export function UserMenu({ user, self, lastAdmin }: UserMenuProps) {
  const [act, setAct] = useState<Act | "password">();
  const name = user.username;
  const close = () => setAct(undefined);
  const isLast = lastAdmin && user.is_admin && user.active !== false;
  const last = isLast ? strings.lastAdmin : undefined;
  const person = user.kind !== "service";
  return (
    <>
      <Menu trigger={<IconButton icon="more" label={strings.more(name)} />}>
        <MenuItem onSelect={() => setAct("password")} why={person ? undefined : strings.noPassword}>
          {strings.setPassword}
        </MenuItem>
        <MenuItem
          onSelect={() => setAct(user.is_admin ? "takeAdmin" : "makeAdmin")}
          why={user.is_admin ? last : undefined}
        >
          {user.is_admin ? strings.takeAdmin : strings.makeAdmin}
        </MenuItem>
        <MenuItem
          onSelect={() => setAct(user.active === false ? "switchOn" : "switchOff")}
          why={last}
        >
          {user.active === false ? strings.switchOn : strings.switchOff}
        </MenuItem>
        <MenuLine />
        <MenuItem danger onSelect={() => setAct("remove")} why={self ? strings.notSelf : last}>
          {strings.remove}
        </MenuItem>
      </Menu>
      {act === "password" && <PasswordDialog user={user} self={self} onClose={close} />}
      {act && act !== "password" && <ActDialog act={act} user={user} onClose={close} />}
    </>
  );
}

function ActDialog({ act, user, onClose }: { act: Act; user: User; onClose: () => void }) {
  const admin = useSetAdmin();
  const off = useDeactivate();
  const on = useActivate();
  const remove = useDeleteUser();
  const { username } = user;
  const calls: Record<Act, (comment: string) => Promise<unknown>> = {
    makeAdmin: (comment) => admin.mutateAsync({ username, is_admin: true, comment }),
    takeAdmin: (comment) => admin.mutateAsync({ username, is_admin: false, comment }),
    switchOff: (comment) => off.mutateAsync({ username, comment }),
    switchOn: (comment) => on.mutateAsync({ username, comment }),
    remove: (comment) => remove.mutateAsync({ username, comment }),
  };
  const title = strings.titles[act](username);
  const gone = act === "remove";
  return (
    <ReasonDialog
      title={title}
      text={strings.texts[act](username)}
      action={title}
      danger={gone || act === "switchOff"}
      typed={gone ? username : undefined}
      failed={strings.changeFailed}
      done={strings.done[act](username)}
      run={calls[act]}
      onClose={onClose}
    />
  );
}
