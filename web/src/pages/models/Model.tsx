import { lazy, Suspense } from "react";
import { useModel } from "../../api/models";
import type { ModelVersion } from "../../api/schema.gen";
import { useVersionsOf } from "../../api/versions";
import { Badge } from "../../components/Badge";
import { Code } from "../../components/Code";
import { Empty } from "../../components/Empty";
import { History } from "../../components/History";
import { Loaded } from "../../components/Loaded";
import { Page } from "../../components/Page";
import { Panel } from "../../components/Panel";
import { Skeleton } from "../../components/Skeleton";
import { Tabs } from "../../components/Tabs";
import { OpenEmergencies } from "../approvals/Emergencies";
import { Board } from "./Board";
import { FollowButton } from "./FollowButton";
import { HeldOn } from "./HeldOn";
import { Metrics } from "./Metrics";
import { ModelAbout } from "./ModelAbout";
import { ModelActions } from "./ModelActions";
import { registerSnippet } from "./Models";
import { MODEL_TABS, type ModelTab, modelRoute } from "./route";
import { strings } from "./strings";
import { VersionsTable } from "./VersionsTable";

const ModelSettings = lazy(() =>
  import("./ModelSettings").then((m) => ({ default: m.ModelSettings })),
);

/** A model: its board, its versions, their metrics, its history, its settings. */
export function Model() {
  const { name } = modelRoute.useParams();
  const { tab = "board", metric } = modelRoute.useSearch();
  const query = useModel(name);
  const versions = useVersionsOf(name);
  const above = [{ name: strings.title, to: "/models" }];
  const counts: Partial<Record<ModelTab, number>> = {};
  if (versions.data) counts.versions = versions.data.length;
  const aliases = (query.data?.aliases ?? []).map(({ alias, version }) => (
    <Badge key={alias}>
      @{alias} → {version}
    </Badge>
  ));
  return (
    <Page
      title={name}
      above={above}
      marks={aliases}
      actions={
        query.data && (
          <>
            <FollowButton name={name} />
            <ModelActions model={query.data} />
          </>
        )
      }
      sub={<ModelAbout model={query.data} />}
    >
      <Loaded query={query} failed={strings.oneFailed} lines={8}>
        {() => (
          <>
            <Tabs
              label={strings.tabs.label}
              tabs={MODEL_TABS.map((key) => ({
                name: strings.tabs[key],
                count: counts[key],
                active: key === tab,
                link: {
                  to: "/models/$name",
                  params: { name },
                  search: key === "board" ? {} : { tab: key },
                },
              }))}
            />
            <OpenEmergencies name={name} />
            {tab === "settings" ? (
              <Suspense fallback={<Skeleton lines={8} />}>
                <ModelSettings name={name} />
              </Suspense>
            ) : tab === "history" ? (
              <>
                <HeldOn name={name} />
                <History of={{ model: name }} />
              </>
            ) : (
              <Loaded query={versions} failed={strings.versionsFailed} lines={8}>
                {(found) => <Versions name={name} versions={found} tab={tab} metric={metric} />}
              </Loaded>
            )}
          </>
        )}
      </Loaded>
    </Page>
  );
}

interface VersionsProps {
  name: string;
  versions: readonly ModelVersion[];
  tab: ModelTab;
  metric: string | undefined;
}

function Versions({ name, versions, tab, metric }: VersionsProps) {
  if (!versions.length) {
    return (
      <Panel title={strings.tabs.versions}>
        <Empty title={strings.noVersions}>
          <p>{strings.noVersionsText}</p>
          <Code label={strings.noVersionsText} text={registerSnippet(name)} />
        </Empty>
      </Panel>
    );
  }
  if (tab === "board") return <Board name={name} versions={versions} metric={metric} />;
  if (tab === "metrics") return <Metrics name={name} versions={versions} metric={metric} />;
  return <VersionsTable name={name} versions={versions} />;
}
