import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { Badge } from "../../../components/Badge";
import { Facts } from "../../../components/Facts";
import { Id } from "../../../components/Id";
import { Panel } from "../../../components/Panel";
import { Table } from "../../../components/Table";
import { bytes } from "../../../lib/number";
import { type Column, type ModelFacts, modelFacts } from "../model";
import { strings } from "../strings";
import { Read } from "./Read";
import styles from "./viewers.module.css";

interface ModelCardProps {
  text: string;
  /** Shows the text when it cannot be model. */
  fallback: ReactNode;
}

/** What a file named MLmodel says of its model. */
export default function ModelCard({ text, fallback }: ModelCardProps) {
  return (
    <Read text={text} noun="MLmodel" read={modelFacts} fallback={fallback}>
      {(model) => <Card model={model} />}
    </Read>
  );
}

function Card({ model }: { model: ModelFacts }) {
  return (
    <div className={styles.card}>
      <Panel title={strings.facts}>
        <Facts
          items={[
            [strings.modelId, model.modelId && <Id key="m" value={model.modelId} length={14} />],
            [
              strings.run,
              model.run && (
                <Link key="r" to="/runs/$runId" params={{ runId: model.run }}>
                  <code>{model.run.slice(0, 8)}</code>
                </Link>
              ),
            ],
            [strings.created, model.created],
            [strings.size, model.size && bytes(model.size)],
            [strings.madeWith, model.madeWith],
            [strings.example, model.example && <code key="e">{model.example}</code>],
          ]}
        />
      </Panel>
      <Panel title={strings.flavors} count={model.flavors.length} flush>
        <Table
          label={strings.flavors}
          heads={[{ name: strings.flavor }, { name: strings.details }]}
          rows={model.flavors}
          rowKey={([name]) => name}
          cells={([name, details]) => [
            <strong key="n">{name}</strong>,
            <Facts key="d" items={details} />,
          ]}
        />
      </Panel>
      <Signature model={model} />
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
