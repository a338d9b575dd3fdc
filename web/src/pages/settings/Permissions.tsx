import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useStewardship } from "../../api/grants";
import { useRights } from "../../api/session";
import { ReasonButton } from "../../components/ReasonButton";
import { compact } from "../../lib/search";
import { Explain } from "./Explain";
import { GiveDialog } from "./GiveDialog";
import { Grants } from "./Grants";
import { OpenNotice } from "./OpenNotice";
import { strings } from "./permissionStrings";
import { type PermissionsSearch, permissionsRoute } from "./route";
import styles from "./Settings.module.css";
import { strings as all } from "./strings";

/** Who may do what: why, what was given, and giving more. */
export function Permissions() {
  const search = permissionsRoute.useSearch();
  const navigate = useNavigate();
  const { known, open } = useRights();
  const manages = useStewardship();
  const [giving, setGiving] = useState(false);
  const change = (part: Partial<PermissionsSearch>) =>
    void navigate({
      to: "/settings/permissions",
      search: compact({ ...search, ...part }) as PermissionsSearch,
      resetScroll: false,
    });
  const why = open ? all.open.disabled : manages.any ? undefined : all.nothingManaged;
  return (
    // It asks at once, but is shown when what stands above is known, so that nothing shifts.
    <div className={styles.part} style={known ? undefined : { display: "none" }}>
      <OpenNotice />
      {!open && why && <p className={styles.soft}>{why}</p>}
      <Explain search={search} onChange={change} />
      <Grants
        search={search}
        onChange={change}
        actions={
          <ReasonButton
            kind="primary"
            disabled={!known}
            why={known ? why : undefined}
            onClick={() => setGiving(true)}
          >
            {strings.give.open}
          </ReasonButton>
        }
      />
      {giving && <GiveDialog onClose={() => setGiving(false)} />}
    </div>
  );
}
