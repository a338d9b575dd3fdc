import { Link } from "@tanstack/react-router";
import { type ReactNode, useMemo } from "react";
import { Badge } from "../../../components/Badge";
import { Facts } from "../../../components/Facts";
import { Id } from "../../../components/Id";
import { Panel } from "../../../components/Panel";
import { Table } from "../../../components/Table";
import { bytes } from "../../../lib/number";
import { type Column, type ModelFacts, modelFacts } from "../model";
import { strings } from "../strings";
import styles from "./viewers.module.css";

interface ModelCardProps {
  text: string;
  /** Shows the text when it cannot be read. */
  fallback: ReactNode;
}

/** What a file named MLmodel says of its model. */
export default function ModelCard({ text, fallback }: ModelCardProps) {
  const read = useMemo(() => {
    try {
      return modelFacts(text);
    } catch (problem) {
      return problem instanceof Error ? problem.message : String(problem);
    }
  }, [text]);
  if (typeof read === "string") {
    return (
      <div className={styles.fill}>
        <p className={styles.bar}>{strings.notValid("MLmodel", read)}</p>
        <div className={styles.grow}>{fallback}</div>
      </div>
    );
  }
  return (
    <div className={styles.card}>
      <Panel title={strings.facts}>
        <Facts
          items={[
            [strings.modelId, read.modelId && <Id key="m" value={read.modelId} length={14} />],
            [
              strings.run,
              read.run && (
                <Link key="r" to="/runs/$runId" params={{ runId: read.run }}>
                  <code>{read.run.slice(0, 8)}</code>
                </Link>
              ),
            ],
            [strings.created, read.created],
            [strings.size, read.size && bytes(read.size)],
            [strings.madeWith, read.madeWith],
            [strings.example, read.example && <code key="e">{read.example}</code>],
          ]}
        />
      </Panel>
      <Panel title={strings.flavors} count={read.flavors.length} flush>
        <Table
          label={strings.flavors}
          heads={[{ name: strings.flavor }, { name: strings.details }]}
          rows={read.flavors}
          rowKey={([name]) => name}
          cells={([name, details]) => [
            <strong key="n">{name}</strong>,
            <Facts key="d" items={details} />,
          ]}
        />
      </Panel>
      <Signature model={read} />
    </div>
  );
}

function Signature({ model }: { model: ModelFacts }) {
  const parts = [
    [strings.inputs, model.inputs],
    [strings.outputs, model.outputs],
    [strings.params, model.params],
  ] as const;
  const known = parts.filter(([, columns]) => columns.length);
  return (
    <Panel title={strings.signature} flush={known.length > 0}>
      {known.length === 0 && <p>{strings.noSignature}</p>}
      {known.map(([title, columns]) => (
        <Table<Column>
          key={title}
          label={title}
          heads={[{ name: `${title}: ${strings.name}` }, { name: strings.type }]}
          rows={columns}
          rowKey={({ name }) => name}
          cells={({ name, type, optional }) => [
            name || strings.tensor,
            <span key="t">
              <code>{type}</code> {optional && <Badge>{strings.optional}</Badge>}
            </span>,
          ]}
        />
      ))}
    </Panel>
  );
}
