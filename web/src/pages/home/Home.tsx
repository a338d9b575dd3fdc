import { useExperimentsNamed } from "../../api/experiments";
import { useModelsNamed } from "../../api/models";
import { Page } from "../../components/Page";
import { Skeleton } from "../../components/Skeleton";
import styles from "./Home.module.css";
import {
  FailedRuns,
  ProductionPanel,
  RecentExperiments,
  RecentModels,
  WaitingPanel,
} from "./HomePanels";
import { useLatestRuns } from "./latest";
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
  const waiting = !settled && !experiments.isError && !models.isError && !latest.isError;
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
            <RunningRuns query={running} experiments={known} />
            <LatestRuns query={latest} experiments={known} />
          </div>
          <div className={styles.column}>
            <WaitingPanel />
            <FailedRuns experiments={known} />
            <RecentExperiments query={experiments} />
            <RecentModels />
          </div>
        </div>
      )}
    </Page>
  );
}
