import { useExperiment } from "../../api/experiments";
import { Badge } from "../../components/Badge";
import { ErrorNote } from "../../components/ErrorNote";
import { Id } from "../../components/Id";
import { Page } from "../../components/Page";
import { Tabs } from "../../components/Tabs";
import { compact } from "../../lib/search";
import { runStrings } from "../charts/runStrings";
import { RunsTable } from "./RunsTable";
import { experimentRoute } from "./route";
import { strings } from "./strings";

/** An experiment's runs. */
export function Experiment() {
  const { experimentId } = experimentRoute.useParams();
  const query = useExperiment(experimentId);
  const name = query.data?.name ?? experimentId;
  const above = [{ name: strings.title, to: "/experiments" }];
  const marks = query.data && (
    <>
      {query.data.lifecycle_stage === "deleted" && <Badge tone="bad">{strings.deleted}</Badge>}
      <Id value={experimentId} length={24} />
    </>
  );
  return (
    <Page title={name} above={above} marks={marks} sub={<Views experimentId={experimentId} />} full>
      {query.isError && !query.data ? (
        <ErrorNote
          title={strings.oneFailed}
          problem={query.error}
          onRetry={() => void query.refetch()}
        />
      ) : (
        <RunsTable experimentId={experimentId} name={name} />
      )}
    </Page>
  );
}

/** The runs as a table, or drawn; the filter goes along. */
function Views({ experimentId }: { experimentId: string }) {
  const { filter } = experimentRoute.useSearch();
  const to = (path: string) =>
    ({ to: path, params: { experimentId }, search: compact({ filter }) }) as object;
  const tabs = [
    { name: runStrings.table, active: true, link: to("/experiments/$experimentId") },
    { name: runStrings.charts, active: false, link: to("/experiments/$experimentId/charts") },
  ];
  return <Tabs label={runStrings.views} tabs={tabs} />;
}
