import { Link, Navigate, useNavigate } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useComparison, useVersionsOf } from "../../api/versions";
import { Button } from "../../components/Button";
import { Choice } from "../../components/Choice";
import { Empty } from "../../components/Empty";
import { Loaded } from "../../components/Loaded";
import { Page } from "../../components/Page";
import { Panel } from "../../components/Panel";
import { Switch } from "../../components/Segments";
import { compact } from "../../lib/search";
import { Changes } from "./Changes";
import styles from "./Diff.module.css";
import { anyDiffRoute, type DiffSearch, diffRoute } from "./route";
import { strings } from "./strings";

function Frame({ name, children }: { name: string; children: ReactNode }) {
  const above = [
    { name: strings.models, to: "/models" },
    { name, to: `/models/${encodeURIComponent(name)}` },
  ];
  return (
    <Page title={strings.title} above={above}>
      {children}
    </Page>
  );
}

/** Two versions of a model: what has changed from the one to the other. */
export function Diff() {
  const { name, before, after } = diffRoute.useParams();
  const search = diffRoute.useSearch();
  const query = useComparison(name, before, after, search.all === true);
  return (
    <Frame name={name}>
      <Bar
        name={name}
        before={query.data?.before.version ?? before}
        after={query.data?.after.version ?? after}
        search={search}
      />
      <Loaded query={query} failed={strings.failed} lines={12}>
        {(found) => <Changes found={found} />}
      </Loaded>
    </Frame>
  );
}

/** Chooses two versions: the one in Production, and the newest that is another one. */
export function AnyDiff() {
  const { name } = anyDiffRoute.useParams();
  const search = anyDiffRoute.useSearch();
  const query = useVersionsOf(name);
  return (
    <Frame name={name}>
      <Loaded query={query} failed={strings.versionsFailed} lines={12}>
        {(versions) => {
          const held = versions.find((v) => v.current_stage === "Production");
          const after = versions.find((v) => v !== held);
          const before = held ?? versions.find((v) => v !== after);
          if (!before || !after) {
            return (
              <Panel title={strings.title} bare>
                <Empty title={strings.few}>
                  <p>{strings.fewText}</p>
                  <Link to="/models/$name" params={{ name }}>
                    {strings.toModel}
                  </Link>
                </Empty>
              </Panel>
            );
          }
          const params = { name, before: before.version, after: after.version };
          return (
            <Navigate
              to="/models/$name/diff/$before/$after"
              params={params}
              search={search}
              replace
            />
          );
        }}
      </Loaded>
    </Frame>
  );
}

interface BarProps {
  name: string;
  before: string;
  after: string;
  search: DiffSearch;
}

/** Which versions are compared, and how. */
function Bar({ name, before, after, search }: BarProps) {
  const versions = useVersionsOf(name).data ?? [];
  const navigate = useNavigate();
  const go = (next: { before?: string; after?: string; all?: boolean }) =>
    void navigate({
      to: "/models/$name/diff/$before/$after",
      params: { name, before: next.before ?? before, after: next.after ?? after },
      search: compact({ all: (next.all ?? search.all) || undefined }) as DiffSearch,
      resetScroll: false,
    });
  const known = versions.map(({ version, current_stage }) => ({
    value: version,
    text: strings.option(version, current_stage),
  }));
  const choice = (label: string, value: string, onChoose: (version: string) => void) => {
    const named = known.some((option) => option.value === value) ? [] : [{ value, text: value }];
    const groups = [{ options: [...named, ...known] }];
    return <Choice label={label} value={value} groups={groups} onChoose={onChoose} />;
  };
  return (
    <div className={styles.bar}>
      {choice(strings.before, before, (version) => go({ before: version }))}
      {choice(strings.after, after, (version) => go({ after: version }))}
      <Button onClick={() => go({ before: after, after: before })}>{strings.swap}</Button>
      <Switch on={!search.all} onChange={(only) => go({ all: !only })}>
        {strings.onlyDifferences}
      </Switch>
    </div>
  );
}
