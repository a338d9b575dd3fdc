import type { UseQueryResult } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useMemo, useRef } from "react";
import type { Lineage as Found, LineageNode } from "../../api/schema.gen";
import { Button } from "../../components/Button";
import { Choice } from "../../components/Choice";
import { Code } from "../../components/Code";
import { Empty } from "../../components/Empty";
import { Loaded } from "../../components/Loaded";
import { Menu, MenuItem } from "../../components/Menu";
import { Panel } from "../../components/Panel";
import { Segments } from "../../components/Segments";
import { useWidth } from "../../components/useWidth";
import { download } from "../../lib/download";
import styles from "./Lineage.module.css";
import { LineageFacts } from "./LineageFacts";
import { LineageGraph } from "./LineageGraph";
import { LineageTable } from "./LineageTable";
import { layOut } from "./layout";
import { pageOf } from "./links";
import { DEPTHS, type LineageSearch, USUAL } from "./search";
import { strings } from "./strings";
import { lineageSvg } from "./svg";

interface LineageProps {
  query: UseQueryResult<Found>;
  /** What the drawing is called. */
  label: string;
  /** What files that it is saved in begin with. */
  file: string;
  /** What is said, in one line and in more, when nothing is linked with it; and code that links. */
  alone: { readonly title: string; readonly text: string; readonly code: string };
  search: LineageSearch;
  onChange: (part: Partial<Record<keyof LineageSearch, unknown>>) => void;
}

/** What a version or a run comes from and what has come of it: as a graph, and as a table. */
export function Lineage({ query, label, file, alone, search, onChange }: LineageProps) {
  const { depth = USUAL, view = "graph" } = search;
  const depths = DEPTHS.map((steps) => ({ value: String(steps), text: String(steps) }));
  return (
    <Panel
      title={strings.title}
      actions={
        <div className={styles.tools}>
          <Choice
            label={strings.depth}
            value={String(depth)}
            groups={[{ options: depths }]}
            onChoose={(value) => onChange({ depth: Number(value) === USUAL ? undefined : value })}
          />
          <Segments
            label={strings.view}
            value={view}
            choices={[
              ["graph", strings.graph],
              ["table", strings.table],
            ]}
            onChoose={(value) => onChange({ view: value === "graph" ? undefined : value })}
          />
          {query.data && <Export lineage={query.data} name={file} />}
        </div>
      }
      flush
    >
      <Loaded query={query} failed={strings.failed} lines={6}>
        {(lineage) => (
          <>
            {lineage.edges?.length ? (
              view === "table" ? (
                <LineageTable lineage={lineage} />
              ) : (
                <Drawn
                  lineage={lineage}
                  label={label}
                  chosen={search.node}
                  onChoose={(node) => onChange({ node })}
                />
              )
            ) : (
              <Empty title={alone.title}>
                <p>{alone.text}</p>
                <Code label={strings.link} text={alone.code} />
              </Empty>
            )}
            {lineage.complete === false && <p className={styles.note}>{strings.incomplete}</p>}
          </>
        )}
      </Loaded>
    </Panel>
  );
}

interface DrawnProps {
  lineage: Found;
  label: string;
  chosen: string | undefined;
  onChoose: (id: string) => void;
}

function Drawn({ lineage, label, chosen, onChoose }: DrawnProps) {
  const navigate = useNavigate();
  const layout = useMemo(() => layOut(lineage), [lineage]);
  const sides = useRef<HTMLDivElement>(null);
  const room = useWidth(sides);
  // Something is always told of: else the first of two clicks would move what the second is for.
  const told = byId(lineage, chosen) ?? byId(lineage, lineage.root);
  const open = (node: LineageNode) => {
    const page = node.id === lineage.root ? undefined : pageOf(node); // one is there already
    if (page) void navigate(page);
  };
  return (
    <>
      <div ref={sides} className={styles.sides}>
        <LineageGraph
          label={label}
          layout={layout}
          room={room}
          root={lineage.root}
          chosen={told?.id ?? lineage.root}
          onChoose={onChoose}
          onOpen={open}
        />
        {told && <LineageFacts node={told} here={told.id === lineage.root} />}
      </div>
      <p className={styles.note}>{strings.hint}</p>
    </>
  );
}

function byId({ nodes }: Found, id: string | undefined): LineageNode | undefined {
  return nodes.find((node) => node.id === id);
}

function Export({ lineage, name }: { lineage: Found; name: string }) {
  const colour = (token: string) =>
    getComputedStyle(document.documentElement).getPropertyValue(token).trim();
  const svg = () => lineageSvg(layOut(lineage), colour);
  const save = (ending: string, type: string, text: string) =>
    download(`${name}-lineage.${ending}`, new Blob([text], { type }));
  return (
    <Menu trigger={<Button>{strings.export}</Button>}>
      <MenuItem onSelect={() => save("svg", "image/svg+xml", svg())}>{strings.svg}</MenuItem>
      <MenuItem onSelect={() => save("json", "application/json", JSON.stringify(lineage, null, 2))}>
        {strings.json}
      </MenuItem>
    </Menu>
  );
}
