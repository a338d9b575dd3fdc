import { useNavigate } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { NOTE } from "../../api/edits";
import { useExperiment } from "../../api/experiments";
import type { Experiment as ExperimentData } from "../../api/schema.gen";
import { Badge } from "../../components/Badge";
import { ErrorNote } from "../../components/ErrorNote";
import { Id } from "../../components/Id";
import { Page } from "../../components/Page";
import { viewsOf } from "../../lib/views";
import styles from "./Experiment.module.css";
import { ExperimentActions } from "./ExperimentActions";
import { ExperimentTabs } from "./ExperimentTabs";
import { RunsTable } from "./RunsTable";
import { experimentRoute } from "./route";
import { strings } from "./strings";

/** An experiment's runs. */
export function Experiment() {
  const { experimentId } = experimentRoute.useParams();
  const search = experimentRoute.useSearch();
  const query = useExperiment(experimentId);
  const name = query.data?.name ?? experimentId;
  const note = query.data?.tags?.find(({ key }) => key === NOTE)?.value;
  useStart(experimentId, query.data?.tags);
  const above = [{ name: strings.title, to: "/experiments" }];
  const marks = query.data && (
    <>
      {query.data.lifecycle_stage === "deleted" && <Badge tone="bad">{strings.deleted}</Badge>}
      <Id value={experimentId} length={24} />
    </>
  );
  const split = search.view === "split";
  const tabs = (
    <ExperimentTabs
      experimentId={experimentId}
      active={split ? "split" : "table"}
      search={search}
    />
  );
  return (
    <Page
      title={name}
      above={above}
      marks={marks}
      actions={query.data && <ExperimentActions experiment={query.data} />}
      sub={
        <>
          {note && <p className={styles.note}>{note}</p>}
          {tabs}
        </>
      }
      full
    >
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

/** Open with the view that is everybody's default, unless the address says what to show. */
function useStart(experimentId: string, tags: ExperimentData["tags"]) {
  const navigate = useNavigate();
  const plain = Object.keys(experimentRoute.useSearch()).length === 0;
  const asked = useRef<string | undefined>(undefined);
  useEffect(() => {
    // Whoever goes back to the plain table, or has begun to work in it, keeps it.
    if (asked.current === experimentId || tags === undefined) return;
    asked.current = experimentId;
    const search = plain ? viewsOf(tags).start?.search : undefined;
    if (!search) return;
    const params = { experimentId };
    void navigate({ to: "/experiments/$experimentId", params, search, replace: true });
  }, [experimentId, tags, plain, navigate]);
}
