import { Link } from "@tanstack/react-router";
import { useDeploymentsOf } from "../../api/deployments";
import type { Entry } from "../../api/files";
import type { ModelVersion } from "../../api/schema.gen";
import { useHoldingsOf } from "../../api/versions";
import { Avatar } from "../../components/Avatar";
import { Badge, StageBadge } from "../../components/Badge";
import { CopyButton } from "../../components/CopyButton";
import { Facts } from "../../components/Facts";
import { Id } from "../../components/Id";
import { Outside } from "../../components/Outside";
import { Panel } from "../../components/Panel";
import { Time } from "../../components/Time";
import { bytes, count } from "../../lib/number";
import type { ModelFacts } from "../files/model";
import { DeployedTo } from "./DeployedTo";
import { strings } from "./strings";
import styles from "./VersionOverview.module.css";

interface AboutProps {
  version: ModelVersion;
  files: readonly Entry[] | undefined;
  model: ModelFacts | undefined;
}

const TONES = {
  READY: "good",
  PENDING_REGISTRATION: "warn",
  FAILED_REGISTRATION: "bad",
} as const;

/** Where a version comes from, where it is, and what it weighs. */
export function About({ version, files, model }: AboutProps) {
  const { name, aliases = [], run_id: run, source, run_link: link, status = "READY" } = version;
  const places = useDeploymentsOf(name, version.version).data ?? [];
  const size = files?.reduce((sum, file) => sum + (file.size ?? 0), 0) ?? 0;
  return (
    <Panel title={strings.facts}>
      <Facts
        items={[
          [strings.stage, <Stage key="s" version={version} />],
          [strings.deployedTo, places.length > 0 && <DeployedTo key="p" deployments={places} />],
          [
            strings.aliases,
            aliases.length > 0 && (
              <span key="a" className={styles.marks}>
                {aliases.map((alias) => (
                  <Badge key={alias}>@{alias}</Badge>
                ))}
              </span>
            ),
          ],
          [
            strings.status,
            <span key="t" className={styles.marks}>
              <Badge tone={TONES[status]}>{strings.statuses[status]}</Badge>
              {version.status_message}
            </span>,
          ],
          [strings.registeredBy, version.user_id && <Avatar key="u" name={version.user_id} />],
          [strings.registered, <Time key="r" at={version.creation_timestamp} />],
          [strings.changed, <Time key="c" at={version.last_updated_timestamp} />],
          [
            strings.run,
            run && (
              <span key="l" className={styles.marks}>
                <Link to="/runs/$runId" params={{ runId: run }}>
                  <code>{run.slice(0, 8)}</code>
                </Link>
                <CopyButton value={run} />
              </span>
            ),
          ],
          [strings.runLink, link && <Outside key="k" address={link} />],
          [strings.model, version.model_id && <Id key="m" value={version.model_id} length={14} />],
          [
            strings.source,
            source && (
              <span key="o" className={styles.copied}>
                <code>{source}</code>
                <CopyButton value={source} />
              </span>
            ),
          ],
          [
            strings.files,
            files && (
              <Link
                key="f"
                to="/models/$name/versions/$version/files"
                params={{ name, version: version.version }}
              >
                {count(files.length, strings.file)}, {bytes(size)}
              </Link>
            ),
          ],
          [strings.digest, version.digest && <Id key="d" value={version.digest} length={12} />],
          [strings.madeWith, model?.madeWith],
        ]}
      />
    </Panel>
  );
}

/** The stage, since when, and by whom. */
function Stage({ version }: { version: ModelVersion }) {
  const { name, version: number, current_stage: stage } = version;
  const held = useHoldingsOf(name).data?.find(
    (one) => one.version === number && one.stage === stage && !one.until,
  );
  return (
    <span className={styles.marks}>
      <StageBadge stage={stage} />
      {held && (
        <span className={styles.soft}>
          {strings.since} <Time at={held.since} />
          {held.user_id && ` ${strings.movedBy(held.user_id)}`}
        </span>
      )}
    </span>
  );
}
