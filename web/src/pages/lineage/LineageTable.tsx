import type { Lineage, LineageEdge, LineageNode } from "../../api/schema.gen";
import { Table } from "../../components/Table";
import styles from "./Lineage.module.css";
import { NodeLink } from "./links";
import { kindOf, nameOf, strings } from "./strings";

/** The edges of a lineage as a table. */
export function LineageTable({ lineage: { nodes, edges = [], root } }: { lineage: Lineage }) {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const end = (id: string) => {
    const node = byId.get(id);
    return node && <End key={id} node={node} here={id === root} />;
  };
  return (
    <Table
      label={strings.title}
      heads={[{ name: strings.from }, { name: strings.how }, { name: strings.to }]}
      rows={edges}
      rowKey={({ source, kind, target }: LineageEdge) => `${source} ${kind} ${target}`}
      cells={({ source, kind, target }) => [end(source), strings.edges[kind], end(target)]}
    />
  );
}

function End({ node, here }: { node: LineageNode; here: boolean }) {
  return (
    <>
      {here ? <b>{nameOf(node)}</b> : <NodeLink node={node}>{nameOf(node)}</NodeLink>}
      <div className={styles.soft}>{kindOf(node)}</div>
    </>
  );
}
