import { useQuery } from "@tanstack/react-query";
import { useExperimentsNamed } from "../../api/experiments";
import { followsQuery } from "../../api/follows";
import { useModelsNamed } from "../../api/models";
import { useWaitingRequests } from "../../api/requests";
import { Page } from "../../components/Page";
import { Skeleton } from "../../components/Skeleton";
import { FollowedPanel } from "./FollowedPanel";
import styles from "./Home.module.css";
import {
  FailedRuns,
  ProductionPanel,
  productionQuery,
  RecentExperiments,
  RecentModels,
  WaitingPanel,
} from "./HomePanels";
import { useFailedRuns, useLatestRuns } from "./latest";
import { LatestRuns, RunningRuns } from "./RunPanels";
import { strings } from "./strings";
import { Welcome } from "./Welcome";

/** What runs, what waits for me, what is in Production, what is new. */
export function Home() {
  const experiments = useExperimentsNamed("", 100);
  const models = useModelsNamed("", 1);
  const known = experiments.data?.experiments ?? [];
  const { latest, running, asked } = useLatestRuns(known);
  const settled = experiments.isSuccess && models.isSuccess && (latest.isSuccess || !asked);
  const empty = settled && !latest.data?.length && !models.data.registered_models?.length;
  // What stands above others comes with them, so that nothing moves under the reader.
  const above = [
    useQuery(productionQuery),
    useWaitingRequests(),
    useQuery(followsQuery),
    useFailedRuns(known),
    running,
  ];
  const coming = !settled && !experiments.isError && !models.isError && !latest.isError;
  const waiting = coming || above.some((query) => query.isLoading);
  return (
    <Page title={strings.title}>
      {waiting ? (
        <Skeleton lines={8} />
      ) : empty ? (
        <Welcome />
      ) : (
        <div className={styles.grid}>
          <div className={styles.column}>
            <ProductionPanel />
            {asked && ( // who may read no experiment waits for no run
              <>
                <RunningRuns query={running} experiments={known} />
                <LatestRuns query={latest} experiments={known} />
              </>
            )}
          </div>
          <div className={styles.column}>
            <WaitingPanel />
            <FollowedPanel />
            <FailedRuns experiments={known} />
            <RecentExperiments query={experiments} />
            <RecentModels />
          </div>
        </div>
      )}
    </Page>
  );
}
