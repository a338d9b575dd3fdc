import { Link } from "@tanstack/react-router";
import type { TransitionRequest, VersionComparison } from "../../api/schema.gen";
import { useComparison } from "../../api/versions";
import { Loaded } from "../../components/Loaded";
import { Panel } from "../../components/Panel";
import { changeOf, rowsOf } from "../../lib/comparison";
import { ChangeTable, Summary, Untold } from "../diff/Changes";
import styles from "./Request.module.css";
import { strings } from "./strings";

const MOST = 8; // rows of a part that are shown here; the comparison has all

/** What would change for those who load the stage: the version against the one that is there. */
export function RequestChanges({ request }: { request: TransitionRequest }) {
  const { name = "", version = "", holder = "", to_stage } = request;
  const query = useComparison(name, holder, version);
  const open = (request.status ?? "open") === "open";
  if (!open || holder === version) return null;
  const link = holder && (
    <Link
      to="/models/$name/diff/$before/$after"
      params={{ name, before: holder, after: version }}
      className={styles.link}
    >
      {strings.compare}
    </Link>
  );
  return (
    <Panel title={strings.changes} actions={link} flush>
      <p className={styles.note}>
        {holder ? strings.against(to_stage, holder) : strings.nothingHeld(to_stage)}
      </p>
      {holder && (
        <Loaded query={query} failed={strings.compareFailed} lines={14}>
          {(found) => <Essence found={found} />}
        </Loaded>
      )}
    </Panel>
  );
}

/** How much differs, the metrics, and what breaks callers. */
function Essence({ found }: { found: VersionComparison }) {
  const metrics = rowsOf(found, "metrics").filter((row) => changeOf(row) !== "same");
  const breaking = rowsOf(found, "signature").filter((row) => row.breaks);
  return (
    <>
      <div className={styles.pad}>
        <Summary found={found} />
        <Untold found={found} />
      </div>
      {breaking.length > 0 && (
        <>
          <h3 className={styles.part}>{strings.breaking}</h3>
          <ChangeTable part="signature" rows={breaking.slice(0, MOST)} found={found} />
        </>
      )}
      {metrics.length > 0 && (
        <>
          <h3 className={styles.part}>{strings.metrics}</h3>
          <ChangeTable part="metrics" rows={metrics.slice(0, MOST)} found={found} />
        </>
      )}
    </>
  );
}
