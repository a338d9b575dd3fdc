import { useState } from "react";
import { serverUrl } from "../../api/client";
import { useDeleteGroup, useGroups } from "../../api/people";
import type { Group } from "../../api/schema.gen";
import { type Rights, useRights } from "../../api/session";
import { Badge } from "../../components/Badge";
import { IconButton } from "../../components/Button";
import { Code } from "../../components/Code";
import { Empty } from "../../components/Empty";
import { Loaded } from "../../components/Loaded";
import { Menu, MenuItem, MenuLine } from "../../components/Menu";
import { Panel } from "../../components/Panel";
import { ReasonButton } from "../../components/ReasonButton";
import { Table } from "../../components/Table";
import { GroupDialog } from "./GroupDialog";
import { MembersDialog } from "./MembersDialog";
import { OpenNotice } from "./OpenNotice";
import { ReasonDialog } from "./ReasonDialog";
import styles from "./Settings.module.css";
import { strings as all } from "./strings";

const strings = all.groups;
const SHOWN = 12; // members in the table; the dialog has all

/** Groups of users, to which permissions can be given. */
export function Groups() {
  const rights = useRights();
  const query = useGroups();
  const [making, setMaking] = useState(false);
  return (
    <div className={styles.part}>
      <div className={styles.intro}>
        <p>
          {strings.about} {!rights.open && whyNot(rights)}
        </p>
        <ReasonButton
          kind="primary"
          disabled={!rights.known}
          why={whyNot(rights)}
          onClick={() => setMaking(true)}
        >
          {strings.create}
        </ReasonButton>
      </div>
      <OpenNotice />
      <Loaded query={query} failed={strings.failed} lines={4}>
        {(groups) => (
          <Panel title={all.tabs.groups} bare flush>
            {groups.length ? (
              <GroupTable groups={groups} rights={rights} />
            ) : (
              <NoGroups rights={rights} />
            )}
          </Panel>
        )}
      </Loaded>
      {making && <GroupDialog onClose={() => setMaking(false)} />}
    </div>
  );
}

function whyNot({ known, open, admin }: Rights): string | undefined {
  if (open) return all.open.disabled;
  return known && !admin ? all.adminOnly : undefined;
}

/** What groups are for, and how one is made by whoever may. */
function NoGroups({ rights }: { rights: Rights }) {
  const at = `--tracking-uri ${serverUrl}`;
  const lines = [
    `cuvee group create reviewers --description "approve models" ${at}`,
    `cuvee group add reviewers ${rights.name} ${at}`,
  ];
  return (
    <Empty title={strings.none}>
      <p>{strings.noneText}</p>
      {rights.admin && !rights.open && <Code label={strings.none} text={lines.join("\n")} />}
    </Empty>
  );
}

function GroupTable({ groups, rights }: { groups: readonly Group[]; rights: Rights }) {
  const { heads } = strings;
  return (
    <Table
      label={all.tabs.groups}
      heads={[
        { name: heads.name },
        { name: heads.description },
        { name: heads.members },
        { name: heads.actions, align: "right" },
      ]}
      rows={groups}
      rowKey={({ name }) => name}
      cells={(group) => [
        <span key="n" className={styles.name}>
          {group.name}
        </span>,
        <span key="d" className={styles.soft}>
          {group.description || "–"}
        </span>,
        <span key="m" className={styles.marks}>
          {group.members?.slice(0, SHOWN).map((name) => (
            <Badge key={name}>{name}</Badge>
          ))}
          {(group.members?.length ?? 0) > SHOWN && (
            <span className="num">+{(group.members?.length ?? 0) - SHOWN}</span>
          )}
          {!group.members?.length && strings.noMembers}
        </span>,
        <div key="a" className={styles.end}>
          <GroupMenu group={group} why={whyNot(rights)} />
        </div>,
      ]}
    />
  );
}

type Act = "members" | "edit" | "remove";

function GroupMenu({ group, why }: { group: Group; why: string | undefined }) {
  const [act, setAct] = useState<Act>();
  const remove = useDeleteGroup();
  const close = () => setAct(undefined);
  const { name } = group;
  return (
    <>
      <Menu trigger={<IconButton icon="more" label={strings.more(name)} />}>
        <MenuItem onSelect={() => setAct("members")} why={why}>
          {strings.members}
        </MenuItem>
        <MenuItem onSelect={() => setAct("edit")} why={why}>
          {strings.edit}
        </MenuItem>
        <MenuLine />
        <MenuItem danger onSelect={() => setAct("remove")} why={why}>
          {strings.remove}
        </MenuItem>
      </Menu>
      {act === "members" && <MembersDialog group={group} onClose={close} />}
      {act === "edit" && <GroupDialog group={group} onClose={close} />}
      {act === "remove" && (
        <ReasonDialog
          title={strings.removeTitle(name)}
          text={strings.removeText}
          action={strings.removeTitle(name)}
          typed={name}
          danger
          failed={strings.removeFailed}
          done={strings.removed(name)}
          run={(comment) => remove.mutateAsync({ name, comment })}
          onClose={close}
        />
      )}
    </>
  );
}
