import { skipToken, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { allFiles, type Entry, fileText, type Owner } from "../../api/files";
import type { ModelVersion } from "../../api/schema.gen";
import { Code } from "../../components/Code";
import { Facts } from "../../components/Facts";
import { Panel } from "../../components/Panel";
import { Table } from "../../components/Table";
import { type ModelFacts, modelFacts } from "../files/model";
import { exampleFrame, indented } from "./example";
import { strings } from "./strings";
import styles from "./VersionOverview.module.css";

const ROWS = 5; // of an input example

/** The text of a file, when there is such a file and it is not too long to be shown. */
function useFileText(owner: Owner, file: Entry | undefined) {
  const query = fileText(owner, file?.path ?? "", file?.size ?? 0);
  const { data, isLoading } = useQuery(file ? query : { ...query, queryFn: skipToken });
  return { text: data ?? undefined, isLoading };
}

/**
 * The files of a version, what its MLmodel says, and an example saved with it.
 *
 * @param named which file has the example; asked once MLmodel was read.
 */
export function useVersionParts(
  { name, version, digest }: ModelVersion,
  named: (model: ModelFacts | undefined) => string | undefined,
) {
  const owner = useMemo(() => ({ kind: "version", name, version }) as const, [name, version]);
  const listed = useQuery({ ...allFiles(owner), enabled: Boolean(digest) });
  const files = listed.data?.files;
  const file = (path: string | undefined) => files?.find((one) => one.path === path);
  const about = useFileText(owner, file("MLmodel"));
  const model = useModelFacts(about.text);
  const example = useFileText(owner, file(named(model)));
  const isLoading = listed.isLoading || about.isLoading || example.isLoading;
  return { files, model, example: example.text, isLoading };
}

/** What the file MLmodel says; undefined without one, and when it cannot be read. */
function useModelFacts(text: string | undefined): ModelFacts | undefined {
  return useMemo(() => {
    if (text === undefined) return undefined;
    try {
      return modelFacts(text);
    } catch {
      return undefined; // its own page says what is wrong with it
    }
  }, [text]);
}

/** What the model can be called with, as it was saved with it. */
export function InputExample({ text, path }: { text: string; path: string }) {
  const frame = useMemo(() => exampleFrame(text), [text]);
  if (!frame) {
    return (
      <Panel title={strings.example}>
        <Code label={path} text={indented(text)} />
      </Panel>
    );
  }
  const rows = frame.rows.slice(0, ROWS).map((cells, i) => ({ cells, id: String(i) }));
  return (
    <Panel title={strings.example} count={frame.rows.length} flush>
      <Table
        label={strings.example}
        heads={frame.columns.map((name) => ({ name, align: "right" as const }))}
        rows={rows}
        rowKey={(row) => row.id}
        cells={(row) => row.cells.map((cell) => <code key={cell}>{cell}</code>)}
      />
      {frame.rows.length > ROWS && (
        <p className={styles.none}>{strings.moreRows(frame.rows.length - ROWS, path)}</p>
      )}
    </Panel>
  );
}

/** The ways in which the model can be loaded. */
export function Flavors({ model }: { model: ModelFacts }) {
  return (
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
  );
}
