import { Link, useNavigate } from "@tanstack/react-router";
import { useRef, useState } from "react";
import { serverUrl } from "../../api/client";
import { useExperimentsNamed } from "../../api/experiments";
import { Badge } from "../../components/Badge";
import { Button } from "../../components/Button";
import { Code } from "../../components/Code";
import { Count } from "../../components/Count";
import { Empty } from "../../components/Empty";
import { SearchBox } from "../../components/Field";
import { Loaded } from "../../components/Loaded";
import { Page } from "../../components/Page";
import { Panel } from "../../components/Panel";
import { Table } from "../../components/Table";
import { Time } from "../../components/Time";
import { useKeys } from "../../state/keys";
import { strings as shell } from "../../strings";
import styles from "./Experiments.module.css";
import { NewExperiment } from "./NewExperiment";
import { experimentsRoute } from "./route";
import { strings } from "./strings";

const MOST = 1000;

/** All experiments, the last changed first. */
export function Experiments() {
  const { q = "" } = experimentsRoute.useSearch();
  const navigate = useNavigate();
  const query = useExperimentsNamed(q, MOST);
  const [creating, setCreating] = useState(false);
  const box = useRef<HTMLInputElement>(null);
  const search = (text: string) =>
    void navigate({ to: "/experiments", search: text ? { q: text } : {}, replace: true });
  useKeys([
    {
      keys: "/",
      label: shell.keys.query,
      group: shell.keys.page,
      run: () => box.current?.focus(),
    },
  ]);
  const actions = (
    <Button kind="primary" onClick={() => setCreating(true)}>
      {strings.create}
    </Button>
  );
  return (
    <Page title={strings.title} marks={<Count of={query.data?.experiments} />} actions={actions}>
      <div className={styles.bar}>
        <SearchBox ref={box} label={strings.filter} value={q} onChange={search} />
      </div>
      <Loaded query={query} failed={strings.readFailed} lines={8}>
        {({ experiments = [] }) => (
          <Panel title={strings.title} bare flush>
            {experiments.length ? (
              <ExperimentTable experiments={experiments} />
            ) : q ? (
              <Empty title={strings.noMatch}>
                <Button onClick={() => search("")}>{strings.clear}</Button>
              </Empty>
            ) : (
              <Empty title={strings.none}>
                <p>{strings.noneText}</p>
                <Code
                  label={strings.noneText}
                  text={`import cuvee\n\ncuvee.set_tracking_uri("${serverUrl}")\ncuvee.set_experiment("wine")`}
                />
              </Empty>
            )}
          </Panel>
        )}
      </Loaded>
      {creating && <NewExperiment onClose={() => setCreating(false)} />}
    </Page>
  );
}

type Found = NonNullable<ReturnType<typeof useExperimentsNamed>["data"]>["experiments"];

function ExperimentTable({ experiments }: { experiments: NonNullable<Found> }) {
  return (
    <Table
      label={strings.title}
      heads={[
        { name: strings.heads.name },
        { name: strings.heads.tags },
        { name: strings.heads.changed },
        { name: strings.heads.created },
        { name: strings.heads.id, align: "right" },
      ]}
      rows={experiments}
      rowKey={(e) => e.experiment_id}
      cells={(e) => [
        <Link
          key="n"
          to="/experiments/$experimentId"
          params={{ experimentId: e.experiment_id }}
          search={{}}
        >
          {e.name}
        </Link>,
        <span key="t" className={styles.tags}>
          {(e.tags ?? []).slice(0, 3).map((tag) => (
            <Badge key={tag.key}>
              {tag.key}: {(tag.value ?? "").slice(0, 30)}
            </Badge>
          ))}
        </span>,
        <Time key="c" at={e.last_update_time} />,
        <Time key="b" at={e.creation_time} />,
        <code key="i">{e.experiment_id}</code>,
      ]}
    />
  );
}
