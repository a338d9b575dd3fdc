import { Link } from "@tanstack/react-router";
import { serverUrl } from "../../api/client";
import type { ModelVersion } from "../../api/schema.gen";
import { useVersion } from "../../api/versions";
import { Avatar } from "../../components/Avatar";
import { Badge } from "../../components/Badge";
import { Code } from "../../components/Code";
import { Facts } from "../../components/Facts";
import { Id } from "../../components/Id";
import { Panel } from "../../components/Panel";
import { Table } from "../../components/Table";
import { Time } from "../../components/Time";
import { versionRoute } from "./route";
import { strings } from "./strings";
import styles from "./VersionOverview.module.css";

/** What the registry knows about a version. */
export function VersionOverview() {
  const params = versionRoute.useParams();
  const version = useVersion(params.name, params.version).data;
  if (!version) return null;
  const tags = version.tags ?? [];
  return (
    <div className={styles.grid}>
      <div className={styles.column}>
        <Panel title={strings.description}>
          <p className={version.description ? styles.text : styles.soft}>
            {version.description || strings.noDescription}
          </p>
        </Panel>
        <Panel title={strings.load}>
          <Code label={strings.load} text={loadSnippet(version)} />
        </Panel>
        <Panel title={strings.tags} count={tags.length} flush>
          {tags.length ? (
            <Table
              label={strings.tags}
              heads={[{ name: strings.key }, { name: strings.value }]}
              rows={tags}
              rowKey={(tag) => tag.key}
              cells={(tag) => [tag.key, tag.value]}
            />
          ) : (
            <p className={styles.none}>{strings.noTags}</p>
          )}
        </Panel>
      </div>
      <About version={version} />
    </div>
  );
}

function loadSnippet({ name, version }: ModelVersion): string {
  return [
    "import cuvee",
    "",
    `cuvee.set_tracking_uri("${serverUrl}")`,
    `model = cuvee.pyfunc.load_model("models:/${name}/${version}")`,
  ].join("\n");
}

function About({ version }: { version: ModelVersion }) {
  const status = version.status ?? "READY";
  return (
    <Panel title={strings.facts}>
      <Facts
        items={[
          [strings.by, version.user_id && <Avatar key="u" name={version.user_id} />],
          [strings.registered, <Time key="r" at={version.creation_timestamp} />],
          [strings.changed, <Time key="c" at={version.last_updated_timestamp} />],
          [
            strings.run,
            version.run_id && (
              <Link key="l" to="/runs/$runId" params={{ runId: version.run_id }}>
                <code>{version.run_id.slice(0, 8)}</code>
              </Link>
            ),
          ],
          [strings.model, version.model_id && <Id key="m" value={version.model_id} length={14} />],
          [strings.digest, version.digest && <Id key="d" value={version.digest} length={12} />],
          [
            strings.status,
            status !== "READY" && (
              <Badge key="s" tone={status === "FAILED_REGISTRATION" ? "bad" : "warn"}>
                {version.status_message || status}
              </Badge>
            ),
          ],
          [strings.source, version.source && <code key="o">{version.source}</code>],
        ]}
      />
    </Panel>
  );
}
