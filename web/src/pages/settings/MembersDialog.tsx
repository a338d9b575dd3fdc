import { type FormEvent, useState } from "react";
import { useAddMember, useGroups, useRemoveMember, useUserNames } from "../../api/people";
import type { Group } from "../../api/schema.gen";
import { Avatar } from "../../components/Avatar";
import { Button, IconButton } from "../../components/Button";
import { Dialog } from "../../components/Dialog";
import { ErrorNote } from "../../components/ErrorNote";
import { Field } from "../../components/Field";
import styles from "./Settings.module.css";
import { strings as all } from "./strings";

const strings = all.groups;

/** Puts users into a group and takes them out; each counts at once. */
export function MembersDialog({ group, onClose }: { group: Group; onClose: () => void }) {
  const { name } = group;
  const now = useGroups().data?.find((other) => other.id === group.id) ?? group;
  const members = now.members ?? [];
  const others = (useUserNames().data ?? []).filter((user) => !members.includes(user));
  const [chosen, setChosen] = useState("");
  const add = useAddMember();
  const remove = useRemoveMember();
  const problem = add.error ?? remove.error;
  const busy = add.isPending || remove.isPending;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    add.mutate({ name, username: chosen }, { onSuccess: () => setChosen("") });
  };
  return (
    <Dialog title={strings.membersTitle(name)} onClose={onClose}>
      <form className={styles.row} onSubmit={submit}>
        <Field label={strings.who}>
          {(field) => (
            <select {...field} value={chosen} onChange={({ target }) => setChosen(target.value)}>
              <option value="">{strings.choose}</option>
              {others.map((user) => (
                <option key={user}>{user}</option>
              ))}
            </select>
          )}
        </Field>
        <Button kind="primary" type="submit" disabled={!chosen || busy}>
          {strings.add}
        </Button>
      </form>
      {problem && <ErrorNote title={strings.memberFailed} problem={problem} />}
      {members.length ? (
        <ul className={styles.members} aria-label={strings.heads.members}>
          {members.map((username) => (
            <li key={username}>
              <Avatar name={username} />
              <IconButton
                icon="close"
                label={strings.take(username)}
                disabled={busy}
                onClick={() => remove.mutate({ name, username })}
              />
            </li>
          ))}
        </ul>
      ) : (
        <p className={styles.soft}>{strings.noMembers}</p>
      )}
    </Dialog>
  );
}
