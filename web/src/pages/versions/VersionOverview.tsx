import { useRouter } from "@tanstack/react-router";
import { lazy, Suspense, useMemo } from "react";
import { call } from "../../api/client";
import { then } from "../../api/edits";
import { useWhyNot } from "../../api/grants";
import { deleteModelVersionTag, type ModelVersion, setModelVersionTag } from "../../api/schema.gen";
import { useVersion } from "../../api/versions";
import { Panel } from "../../components/Panel";
import { TagsPanel } from "../../components/TagsPanel";
import { About } from "./About";
import { Checks } from "./Checks";
import { LoadedBy } from "./LoadedBy";
import { Flavors, InputExample, useVersionParts } from "./ModelParts";
import { Origins, Recorded } from "./Recorded";
import { versionRoute } from "./route";
import { strings } from "./strings";
import styles from "./VersionOverview.module.css";

const Markdown = lazy(() => import("../files/Markdown").then((m) => ({ default: m.Markdown })));

/** What the registry knows about a version. */
export function VersionOverview() {
  const params = versionRoute.useParams();
  const version = useVersion(params.name, params.version).data;
  return version ? <Known version={version} /> : null;
}

function Known({ version }: { version: ModelVersion }) {
  const { name, version: number } = version;
  const { files, model, example } = useVersionParts(version, (read) => read?.example);
  return (
    <div className={styles.grid}>
      <div className={styles.column}>
        <Panel title={strings.description}>
          {version.description ? (
            <Suspense fallback={<p className={styles.text}>{version.description}</p>}>
              <Description version={version} />
            </Suspense>
          ) : (
            <p className={styles.soft}>{strings.noDescription}</p>
          )}
        </Panel>
        <Recorded version={version} />
        {model && example !== undefined && <InputExample text={example} path={model.example} />}
        {model && <Flavors model={model} />}
      </div>
      <div className={styles.column}>
        <About version={version} files={files} model={model} />
        <Checks name={name} version={number} />
        <LoadedBy name={name} version={number} />
        <Tags version={version} />
        <Origins version={version} />
      </div>
    </div>
  );
}

/** What somebody wrote of the version, in Markdown; its links lead to the version's files. */
function Description({ version }: { version: ModelVersion }) {
  const router = useRouter();
  const { name, version: number } = version;
  const owner = useMemo(
    () => ({ kind: "version", name, version: number }) as const,
    [name, number],
  );
  const to = "/models/$name/versions/$version/files";
  const href = (path: string) =>
    router.buildLocation({ to, params: { name, version: number }, search: { path } }).href;
  return <Markdown text={version.description ?? ""} path="" owner={owner} href={href} />;
}

const OLD = ["version", "versions"];

function Tags({ version }: { version: ModelVersion }) {
  const about = { name: version.name, version: version.version };
  return (
    <TagsPanel
      tags={version.tags ?? []}
      none={strings.noTags}
      why={useWhyNot(`model:${version.name}`, "CAN_EDIT")}
      set={(key, value) => then(call(setModelVersionTag, { ...about, key, value }), ...OLD)}
      remove={(key) => then(call(deleteModelVersionTag, { ...about, key }), ...OLD)}
    />
  );
}
