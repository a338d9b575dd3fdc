import { useNavigate } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { useExperiment } from "../../api/experiments";
import type { Experiment as ExperimentData } from "../../api/schema.gen";
import { ErrorNote } from "../../components/ErrorNote";
import { viewsOf } from "../../lib/views";
import { ExperimentPage } from "./ExperimentPage";
import { RunsTable } from "./RunsTable";
import { experimentRoute } from "./route";
import { strings } from "./strings";

/** An experiment's runs. */
export function Experiment() {
  const { experimentId } = experimentRoute.useParams();
  const search = experimentRoute.useSearch();
  const query = useExperiment(experimentId);
  const name = query.data?.name ?? experimentId;
  useStart(experimentId, query.data?.tags);
  return (
    <ExperimentPage
      experimentId={experimentId}
      active={search.view === "split" ? "split" : "table"}
      search={search}
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
    </ExperimentPage>
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
