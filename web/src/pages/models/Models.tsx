import { Link, useNavigate } from "@tanstack/react-router";
import { useRef } from "react";
import { serverUrl } from "../../api/client";
import { useModelsNamed } from "../../api/models";
import type { RegisteredModel } from "../../api/schema.gen";
import { Badge, StageBadge } from "../../components/Badge";
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
import styles from "./Models.module.css";
import { modelsRoute } from "./route";
import { strings } from "./strings";

const MOST = 1000;

/** All registered models, the last changed first. */
export function Models() {
  const { q = "" } = modelsRoute.useSearch();
  const navigate = useNavigate();
  const query = useModelsNamed(q, MOST);
  const box = useRef<HTMLInputElement>(null);
  const search = (text: string) =>
    void navigate({ to: "/models", search: text ? { q: text } : {}, replace: true });
  useKeys([
    { keys: "/", label: shell.keys.query, group: shell.keys.page, run: () => box.current?.focus() },
  ]);
  return (
    <Page title={strings.title} marks={<Count of={query.data?.registered_models} />}>
      <div className={styles.bar}>
        <SearchBox ref={box} label={strings.filter} value={q} onChange={search} />
      </div>
      <Loaded query={query} failed={strings.readFailed} lines={8}>
        {({ registered_models: models = [] }) => (
          <Panel title={strings.title} bare flush>
            {models.length ? (
              <ModelTable models={models} />
            ) : q ? (
              <Empty title={strings.noMatch}>
                <Button onClick={() => search("")}>{strings.clear}</Button>
              </Empty>
            ) : (
              <Empty title={strings.none}>
                <p>{strings.noneText}</p>
                <Code label={strings.noneText} text={registerSnippet("lr_wine_quality")} />
              </Empty>
            )}
          </Panel>
        )}
      </Loaded>
    </Page>
  );
}

/** Code that registers a version of a model. */
export function registerSnippet(name: string): string {
  return [
    "import cuvee",
    "",
    `cuvee.set_tracking_uri("${serverUrl}")`,
    "with cuvee.start_run():",
    `    cuvee.sklearn.log_model(model, name="model", registered_model_name=${JSON.stringify(name)})`,
  ].join("\n");
}

function ModelTable({ models }: { models: readonly RegisteredModel[] }) {
  return (
    <Table
      label={strings.title}
      heads={[
        { name: strings.heads.name },
        { name: strings.heads.holders },
        { name: strings.heads.aliases },
        { name: strings.heads.versions, align: "right" },
        { name: strings.heads.changed },
      ]}
      rows={models}
      rowKey={(model) => model.name}
      cells={(model) => [
        <Link key="n" to="/models/$name" params={{ name: model.name }} search={{}}>
          {model.name}
        </Link>,
        <Holders key="h" model={model} />,
        <span key="a" className={styles.marks}>
          {(model.aliases ?? []).map(({ alias, version }) => (
            <Badge key={alias}>
              @{alias} → {version}
            </Badge>
          ))}
        </span>,
        <span key="l" className="num">
          {latest(model)}
        </span>,
        <Time key="c" at={model.last_updated_timestamp} />,
      ]}
    />
  );
}

function latest(model: RegisteredModel): string {
  const numbers = (model.latest_versions ?? []).map((v) => Number(v.version));
  return numbers.length ? String(Math.max(...numbers)) : "–";
}

function Holders({ model }: { model: RegisteredModel }) {
  const held = (model.latest_versions ?? []).filter(
    (v) => v.current_stage !== "None" && v.current_stage !== "Archived",
  );
  return (
    <span className={styles.marks}>
      {held.map((v) => (
        <span key={v.version} className={styles.mark}>
          <StageBadge stage={v.current_stage} />
          <Link
            to="/models/$name/versions/$version"
            params={{ name: model.name, version: v.version }}
          >
            {v.version}
          </Link>
        </span>
      ))}
      {!held.length && "–"}
    </span>
  );
}
