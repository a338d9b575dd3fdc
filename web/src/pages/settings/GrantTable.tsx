import type { ReactNode } from "react";
import type { Grant } from "../../api/schema.gen";
import { Badge } from "../../components/Badge";
import { Table } from "../../components/Table";
import { Time } from "../../components/Time";
import { strings as all } from "./permissionStrings";
import { Scroll } from "./Scroll";
import styles from "./Settings.module.css";

const strings = all.list;

interface GrantTableProps {
  label: string;
  grants: readonly Grant[];
  /** What can be done about a grant. */
  actions?: (grant: Grant) => ReactNode;
}

export const whoseOf = ({ user, group }: Grant) => (user ? `user:${user}` : `group:${group}`);

/** What was given to whom on what. */
export function GrantTable({ label, grants, actions }: GrantTableProps) {
  const { heads } = strings;
  return (
    <Scroll label={label}>
      <Table
        label={label}
        heads={[
          { name: heads.whose },
          { name: heads.level },
          { name: heads.object },
          { name: heads.stage },
          { name: heads.by },
          { name: heads.since },
          ...(actions ? [{ name: heads.actions, align: "right" as const }] : []),
        ]}
        rows={grants}
        rowKey={(grant) => `${whoseOf(grant)} ${grant.object} ${grant.stage ?? ""}`}
        cells={(grant) => [
          <code key="w" className={styles.name}>
            {whoseOf(grant)}
          </code>,
          <Badge key="l" tone={grant.permission === "DENY" ? "bad" : "plain"}>
            {grant.permission}
          </Badge>,
          <span key="o" className={styles.name}>
            <code>{grant.object}</code> {grant.object.endsWith(":") && strings.everything}
          </span>,
          grant.stage || "–",
          grant.granted_by || "–",
          <Time key="t" at={grant.created} />,
          ...(actions
            ? [
                <div key="a" className={styles.end}>
                  {actions(grant)}
                </div>,
              ]
            : []),
        ]}
      />
    </Scroll>
  );
}
