import type { ReactNode } from "react";
import { NOTE } from "../../api/edits";
import { useExperiment } from "../../api/experiments";
import { Badge } from "../../components/Badge";
import { Id } from "../../components/Id";
import { Page } from "../../components/Page";
import styles from "./Experiment.module.css";
import { ExperimentActions } from "./ExperimentActions";
import { ExperimentTabs } from "./ExperimentTabs";
import { strings } from "./strings";

const ABOVE = [{ name: strings.title, to: "/experiments" }];

interface ExperimentPageProps {
  experimentId: string;
  active: Parameters<typeof ExperimentTabs>[0]["active"];
  /** What of the address goes along from tab to tab. */
  search: Parameters<typeof ExperimentTabs>[0]["search"];
  full?: boolean;
  children: ReactNode;
}

/** What stands above each view of an experiment: what it is, what can be done with it, the views. */
export function ExperimentPage(props: ExperimentPageProps) {
  const { experimentId, active, search, full, children } = props;
  const experiment = useExperiment(experimentId).data;
  const note = experiment?.tags?.find(({ key }) => key === NOTE)?.value;
  const marks = experiment && (
    <>
      {experiment.lifecycle_stage === "deleted" && <Badge tone="bad">{strings.deleted}</Badge>}
      <Id value={experimentId} length={24} />
    </>
  );
  return (
    <Page
      title={experiment?.name ?? experimentId}
      above={ABOVE}
      marks={marks}
      actions={experiment && <ExperimentActions experiment={experiment} />}
      sub={
        <>
          {note && <p className={styles.note}>{note}</p>}
          <ExperimentTabs experimentId={experimentId} active={active} search={search} />
        </>
      }
      {...(full ? { full } : {})}
    >
      {children}
    </Page>
  );
}
