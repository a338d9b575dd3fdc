import { useState } from "react";
import { useUsers } from "../../api/people";
import type { User } from "../../api/schema.gen";
import { type Rights, useRights, useSession } from "../../api/session";
import { Avatar } from "../../components/Avatar";
import { Badge } from "../../components/Badge";
import { Button } from "../../components/Button";
import { Empty } from "../../components/Empty";
import { Loaded } from "../../components/Loaded";
import { Panel } from "../../components/Panel";
import { ReasonButton } from "../../components/ReasonButton";
import { Table } from "../../components/Table";
import { Time } from "../../components/Time";
import { NewUser } from "./NewUser";
import { OpenNotice } from "./OpenNotice";
import { PasswordDialog } from "./PasswordDialog";
import { Scroll } from "./Scroll";
import styles from "./Settings.module.css";
import { strings as all } from "./strings";
import { UserMenu } from "./UserMenu";

const strings = all.users;

/** Who can log in, and what an admin may do about that. */
export function Users() {
  const rights = useRights();
  const session = useSession().data;
  const query = useUsers();
  const [making, setMaking] = useState(false);
  const first = query.data?.length === 0;
  return (
    <div className={styles.part}>
      <div className={styles.intro}>
        <p>
          {session && strings.logins(session.logins ?? [])}
          {rights.known && !rights.admin && ` ${strings.viewerText} ${all.adminOnly}`}
        </p>
        <ReasonButton
          kind="primary"
          disabled={!rights.known || !query.data}
          why={rights.known && !rights.admin ? all.adminOnly : undefined}
          onClick={() => setMaking(true)}
        >
          {first ? strings.first : strings.create}
        </ReasonButton>
      </div>
      <OpenNotice />
      <Loaded query={query} failed={strings.failed} lines={6}>
        {(users) => (
          <Panel title={all.tabs.users} bare flush>
            {users.length ? (
              <UserTable users={users} rights={rights} />
            ) : (
              <Empty title={strings.none}>
                <p>{strings.noneText}</p>
              </Empty>
            )}
          </Panel>
        )}
      </Loaded>
      {making && <NewUser first={first} onClose={() => setMaking(false)} />}
    </div>
  );
}

function UserTable({ users, rights }: { users: readonly User[]; rights: Rights }) {
  const { heads } = strings;
  const { admin, name } = rights;
  const lastAdmin = users.filter((user) => user.is_admin && user.active !== false).length === 1;
  const more = admin
    ? [{ name: heads.role }, { name: heads.groups }, { name: heads.created }, { name: heads.state }]
    : [];
  return (
    <Scroll label={all.tabs.users}>
      <Table
        label={all.tabs.users}
        heads={[
          { name: heads.name },
          { name: heads.kind },
          ...more,
          { name: heads.actions, align: "right" },
        ]}
        rows={users}
        rowKey={({ username }) => username}
        cells={(user) => [
          <span key="n" className={styles.marks}>
            <Avatar name={user.username} />
            {user.username === name && <Badge>{strings.you}</Badge>}
          </span>,
          strings.kinds[user.kind === "service" ? "service" : "person"],
          ...(admin ? factsOf(user) : []),
          <div key="a" className={styles.end}>
            {admin ? (
              <UserMenu user={user} self={user.username === name} lastAdmin={lastAdmin} />
            ) : (
              user.username === name && user.kind !== "service" && <OwnPassword user={user} />
            )}
          </div>,
        ]}
      />
    </Scroll>
  );
}

function factsOf(user: User) {
  return [
    <Badge key="r" tone={user.is_admin ? "accent" : "plain"}>
      {user.is_admin ? strings.admin : strings.user}
    </Badge>,
    <span key="g" className={styles.marks}>
      {user.groups?.map((group) => (
        <Badge key={group}>{group}</Badge>
      ))}
    </span>,
    <Time key="c" at={user.created} />,
    <Badge key="s" tone={user.active === false ? "bad" : "good"}>
      {user.active === false ? strings.off : strings.active}
    </Badge>,
  ];
}

function OwnPassword({ user }: { user: User }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button onClick={() => setOpen(true)}>{strings.ownPassword}</Button>
      {open && <PasswordDialog user={user} self onClose={() => setOpen(false)} />}
    </>
  );
}
