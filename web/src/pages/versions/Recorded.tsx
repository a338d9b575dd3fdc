import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { ModelVersion, VersionComparison } from "../../api/schema.gen";
import { useComparison } from "../../api/versions";
import { Facts } from "../../components/Facts";
import { Id } from "../../components/Id";
import { KeyTable } from "../../components/KeyTable";
import { Loaded } from "../../components/Loaded";
import { Num } from "../../components/Num";
import { Panel } from "../../components/Panel";
import { Table } from "../../components/Table";
import { Value } from "../../components/Value";
import { strings } from "./strings";
import styles from "./VersionOverview.module.css";

type Part = NonNullable<VersionComparison["untold"]>[number]["part"];

/** What is recorded of a version, all of it: what it has in common with itself. */
export const useRecorded = ({ name, version }: Pick<ModelVersion, "name" | "version">) =>
  useComparison(name, version, version, true);

/** What was measured, with which params, what it takes and gives, and what it needs. */
export function Recorded({ version }: { version: ModelVersion }) {
  return (
    <Loaded query={useRecorded(version)} failed={strings.recordedFailed} lines={10}>
      {(found) => (
        <>
          <div className={styles.pair}>
            <Metrics found={found} run={version.run_id ?? ""} />
            <Params found={found} />
          </div>
          <Signature found={found} />
          <Packages found={found} />
        </>
      )}
    </Loaded>
  );
}

/** What the run has read, and the code it has run. */
export function Origins({ version }: { version: ModelVersion }) {
  const found = useRecorded(version).data;
  if (!found) return null;
  const [data, code] = [found.data ?? [], found.code ?? []];
  return (
    <>
      {data.length > 0 && (
        <Panel title={strings.data}>
          <Facts
            items={data.map(({ key, after }) => [key, <code key={key}>{after}</code>] as const)}
          />
        </Panel>
      )}
      {code.length > 0 && (
        <Panel title={strings.code}>
          <Facts
            items={code.map(({ key, after }) => [
              key,
              key === "commit" ? <Id key={key} value={after ?? ""} /> : after,
            ])}
          />
        </Panel>
      )}
    </>
  );
}

function isUntold(found: VersionComparison, part: Part): boolean {
  return found.untold?.some((one) => one.part === part) ?? false;
}

/** Why something is not known. */
function why(found: VersionComparison, part: Part, otherwise: string): string {
  return found.untold?.find((one) => one.part === part)?.says ?? otherwise;
}

function Metrics({ found, run }: { found: VersionComparison; run: string }) {
  return (
    <KeyTable
      title={strings.metrics}
      unknown={isUntold(found, "metrics")}
      none={why(found, "metrics", strings.noMetrics)}
      items={found.metrics ?? []}
      heads={[{ name: strings.key }, { name: strings.value, align: "right" }]}
      cells={({ key, after }) => [
        run && !isUntold(found, "code") ? (
          <Link key="k" to="/runs/$runId/metrics" params={{ runId: run }} search={{ keys: [key] }}>
            {key}
          </Link>
        ) : (
          key
        ),
        <Num key="v" value={after ?? "NaN"} />,
      ]}
    />
  );
}

function Params({ found }: { found: VersionComparison }) {
  return (
    <KeyTable
      title={strings.params}
      unknown={isUntold(found, "params")}
      none={why(found, "params", strings.noParams)}
      items={found.params ?? []}
      heads={[{ name: strings.key }, { name: strings.value }]}
      cells={({ key, after }) => [key, <Value key="v" text={after ?? ""} />]}
    />
  );
}

const SIDES = ["inputs", "outputs", "params"] as const;

function Signature({ found }: { found: VersionComparison }) {
  const columns = found.signature ?? [];
  return (
    <Panel title={strings.signature} flush>
      {columns.length === 0 && <None>{why(found, "signature", strings.noSignature)}</None>}
      <div className={styles.sides}>
        {SIDES.map((side) => {
          const rows = columns.filter((column) => column.part === side);
          if (!rows.length) return null;
          return (
            <Table
              key={side}
              label={strings.sides[side]}
              heads={[{ name: strings.sides[side] }, { name: strings.type }]}
              rows={rows}
              rowKey={(column) => column.name}
              cells={({ name, after }) => [name, <code key="t">{after}</code>]}
            />
          );
        })}
      </div>
    </Panel>
  );
}

function Packages({ found }: { found: VersionComparison }) {
  const packages = (found.packages ?? []).map((one) => ({
    ...one,
    key: one.name,
    id: `${one.kind} ${one.name}`,
  }));
  return (
    <KeyTable
      title={strings.packages}
      unknown={isUntold(found, "packages")}
      none={why(found, "packages", strings.noPackages)}
      items={packages}
      rowKey={(one) => one.id}
      heads={[{ name: strings.package }, { name: strings.installed }, { name: strings.version }]}
      cells={({ name, kind, after }) => [
        name,
        strings.kinds[kind],
        after ? <code key="v">{after}</code> : <span key="v">{strings.anyVersion}</span>,
      ]}
    />
  );
}

export function None({ children }: { children: ReactNode }) {
  return <p className={styles.none}>{children}</p>;
}
