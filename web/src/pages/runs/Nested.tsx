import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { treeOf } from "../../api/runs";
import { StatusBadge } from "../../components/Badge";
import { Panel } from "../../components/Panel";
import { Table } from "../../components/Table";
import { Time } from "../../components/Time";
import { literal } from "../../lib/filter";
import { grouped } from "../../lib/number";
import { duration } from "../../lib/time";
import styles from "./RunOverview.module.css";
import { strings } from "./strings";

const SHOWN = 25;

/** The runs that are nested in a run; nothing when there are none. */
export function Nested({ runId, experimentId }: { runId: string; experimentId: string }) {
  const tree = useQuery(treeOf(runId)).data;
  const children = (tree?.nodes ?? []).filter((node) => node.depth === 1);
  const all = tree?.nodes?.find((node) => node.depth === 0)?.children ?? children.length;
  if (!children.length) return null;
  const filter = `tags.\`mlflow.parentRunId\` = ${literal(runId)}`;
  return (
    <Panel
      title={strings.nested}
      count={all}
      flush
      actions={
        <Link to="/experiments/$experimentId" params={{ experimentId }} search={{ filter }}>
          {strings.asTable}
        </Link>
      }
    >
      <Table
        label={strings.nested}
        heads={[
          { name: strings.columns.name },
          { name: strings.columns.status },
          { name: strings.columns.started },
          { name: strings.columns.duration, align: "right" },
          { name: strings.below, align: "right" },
        ]}
        rows={children.slice(0, SHOWN)}
        rowKey={(node) => node.run_id}
        cells={(node) => [
          <Link key="n" to="/runs/$runId" params={{ runId: node.run_id }}>
            {node.run_name || node.run_id.slice(0, 8)}
          </Link>,
          <StatusBadge key="s" status={node.status} />,
          <Time key="t" at={node.start_time} />,
          node.end_time ? duration(node.end_time - node.start_time) : "–",
          node.children && node.children > 0 ? grouped(node.children) : "–",
        ]}
      />
      {all > SHOWN && <p className={styles.none}>{strings.moreNested(all - SHOWN)}</p>}
    </Panel>
  );
}
