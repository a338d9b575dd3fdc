import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useGrants, useManaged, useWhyNot } from "../../api/grants";
import type { Grant } from "../../api/schema.gen";
import { useRights } from "../../api/session";
import { Button } from "../../components/Button";
import { Empty } from "../../components/Empty";
import { Loaded } from "../../components/Loaded";
import { Panel } from "../../components/Panel";
import { GiveDialog } from "../settings/GiveDialog";
import { GrantTable } from "../settings/GrantTable";
import { strings as grantStrings } from "../settings/permissionStrings";
import { RevokeDialog } from "../settings/RevokeDialog";
import { strings as settingStrings } from "../settings/strings";
import styles from "./ModelSettings.module.css";
import { strings as all } from "./settingsStrings";

const strings = all.permissions;

/** What was given on a model, or on what is around it: giving more, and taking it back. */
export function ModelPermissions({ name }: { name: string }) {
  const on = `model:${name}`;
  const query = useGrants({ object: on });
  const managed = useManaged((query.data ?? []).map(({ object }) => object));
  const { open } = useRights();
  const refused = useWhyNot(on, "CAN_MANAGE");
  const [giving, setGiving] = useState(false);
  const [leaving, setLeaving] = useState<Grant>();
  const why = open ? settingStrings.open.disabled : refused && strings.notYours;
  const actions = (
    <div className={styles.actions}>
      <Link to="/settings/permissions" search={{ on, object: on }}>
        {strings.explain}
      </Link>
      <Button why={why} onClick={() => setGiving(true)}>
        {grantStrings.give.open}
      </Button>
    </div>
  );
  return (
    <Panel title={strings.title} count={query.data?.length} actions={actions} flush>
      {why && <p className={styles.why}>{why}</p>}
      <Loaded query={query} failed={strings.failed} lines={3}>
        {(grants) =>
          grants.length ? (
            <GrantTable
              label={strings.title}
              grants={grants}
              actions={(grant) => (
                <Button
                  kind="danger"
                  why={managed.has(grant.object) ? undefined : grantStrings.list.notYours}
                  onClick={() => setLeaving(grant)}
                >
                  {grantStrings.list.revoke}
                </Button>
              )}
            />
          ) : (
            <Empty title={strings.none}>
              <p>{strings.noneText}</p>
            </Empty>
          )
        }
      </Loaded>
      {giving && <GiveDialog on={on} onClose={() => setGiving(false)} />}
      {leaving && <RevokeDialog grant={leaving} onClose={() => setLeaving(undefined)} />}
    </Panel>
  );
}
