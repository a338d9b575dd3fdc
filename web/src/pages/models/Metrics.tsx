import { Link, useNavigate } from "@tanstack/react-router";
import { useMemo } from "react";
import { type Measures, useMeasures } from "../../api/measures";
import type { Holding, ModelVersion } from "../../api/schema.gen";
import { useHoldingsOf } from "../../api/versions";
import { StageBadge } from "../../components/Badge";
import { Empty } from "../../components/Empty";
import { Field } from "../../components/Field";
import { Panel } from "../../components/Panel";
import { Table } from "../../components/Table";
import { Time } from "../../components/Time";
import { short } from "../../lib/number";
import { MetricChart } from "./MetricChart";
import styles from "./Metrics.module.css";
import { strings } from "./strings";

const LISTED = 100; // rows of the table

interface MetricsProps {
  name: string;
  versions: readonly ModelVersion[];
  metric: string | undefined;
}

/** A metric over the versions, and which of them held which stage. */
export function Metrics({ name, versions, metric }: MetricsProps) {
  const navigate = useNavigate();
  const measures = useMeasures(name, versions, metric);
  const holdings = useHoldingsOf(name).data;
  const choose = (key: string) =>
    void navigate({
      to: "/models/$name",
      params: { name },
      search: { tab: "metrics", metric: key },
      replace: true,
    });
  const keys = measures.keys.includes(measures.key)
    ? measures.keys
    : [measures.key, ...measures.keys].filter(Boolean);
  if (!measures.keys.length && !metric) {
    return (
      <Panel title={strings.metrics.title}>
        <Empty title={strings.metrics.none}>
          <p>{strings.metrics.noneText}</p>
        </Empty>
      </Panel>
    );
  }
  return (
    <Panel title={strings.metrics.title} flush>
      <div className={styles.bar}>
        <Field label={strings.metrics.choose}>
          {(field) => (
            <select {...field} value={measures.key} onChange={({ target }) => choose(target.value)}>
              {keys.map((key) => (
                <option key={key}>{key}</option>
              ))}
            </select>
          )}
        </Field>
        <p className={styles.soft} role="status">
          {strings.metrics.known(measures.values.size, versions.length)}
        </p>
      </div>
      <Course versions={versions} measures={measures} holdings={holdings ?? []} />
    </Panel>
  );
}

interface CourseProps {
  versions: readonly ModelVersion[];
  measures: Measures;
  holdings: readonly Holding[];
}

function Course({ versions, measures, holdings }: CourseProps) {
  const ordered = useMemo(
    () => [...versions].sort((a, b) => Number(a.version) - Number(b.version)),
    [versions],
  );
  const rows = [...ordered].reverse().slice(0, LISTED);
  const { key, values } = measures;
  return (
    <>
      <MetricChart versions={ordered} metric={key} values={values} holdings={holdings} />
      <Table
        label={strings.metrics.table(key)}
        heads={[
          { name: strings.heads.version },
          { name: key || strings.metrics.value, align: "right" },
          { name: strings.heads.stage },
          { name: strings.metrics.held },
        ]}
        rows={rows}
        rowKey={(v) => v.version}
        cells={(v) => [
          <Link
            key="v"
            to="/models/$name/versions/$version"
            params={{ name: v.name, version: v.version }}
          >
            {v.version}
          </Link>,
          <span key="m" className="num">
            {values.has(v.version) ? short(values.get(v.version) ?? 0) : "–"}
          </span>,
          <StageBadge key="s" stage={v.current_stage} />,
          <Held key="h" holdings={holdings.filter((h) => h.version === v.version)} />,
        ]}
      />
      {ordered.length > LISTED && (
        <p className={styles.note}>{strings.metrics.newest(LISTED, ordered.length)}</p>
      )}
    </>
  );
}

function Held({ holdings }: { holdings: readonly Holding[] }) {
  if (!holdings.length) return "–";
  return (
    <ul className={styles.held}>
      {holdings.map((one) => (
        <li key={`${one.stage} ${one.since}`}>
          {one.stage} <Time at={one.since} /> {"\u2013"}{" "}
          {one.until ? <Time at={one.until} /> : strings.metrics.now}
        </li>
      ))}
    </ul>
  );
}
