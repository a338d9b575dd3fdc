import { type KeyboardEvent, memo, useEffect, useRef } from "react";
import type { LineageNode } from "../../api/schema.gen";
import styles from "./Lineage.module.css";
import { EDGE_HEAD, HEIGHT, type Layout, type Placed, pathOf, scaleOf, WIDTH } from "./layout";
import { fitted } from "./look";
import { kindOf, nameOf, strings } from "./strings";

interface LineageGraphProps {
  label: string;
  layout: Layout;
  /** How wide it can be without scrolling, in pixels. */
  room: number;
  root: string;
  /** The thing that is told more of, which can be tabbed to. */
  chosen: string;
  onChoose: (id: string) => void;
  onOpen: (node: LineageNode) => void;
}

/** A lineage drawn from left to right; the arrows go along its lines. */
export function LineageGraph(props: LineageGraphProps) {
  const { label, layout, room, root, chosen, onChoose, onOpen } = props;
  const frame = useRef<HTMLDivElement>(null);
  const scale = scaleOf(layout, room, window.innerHeight);
  useEffect(() => {
    const [at, box] = [layout.at.get(root), frame.current];
    if (!at || !box) return;
    const [x, y] = [scale * (at.x + WIDTH / 2), scale * (at.y + HEIGHT / 2)];
    box.scrollTo(x - box.clientWidth / 2, y - box.clientHeight / 2);
  }, [layout, root, scale]);
  const onKey = (event: KeyboardEvent, placed: Placed) => {
    const next = goal(event.key, layout, placed);
    if (event.key === "Enter") onOpen(placed.node);
    else if (event.key === " ") onChoose(placed.node.id);
    else if (next) {
      onChoose(next);
      frame.current?.querySelector<SVGElement>(`[data-node="${CSS.escape(next)}"]`)?.focus();
    } else return;
    event.preventDefault();
  };
  return (
    <div className={styles.frame} ref={frame} style={{ flexBasis: layout.width }}>
      <svg
        role="group"
        aria-label={label}
        width={layout.width * scale}
        height={layout.height * scale}
        viewBox={`0 0 ${layout.width} ${layout.height}`}
        className={styles.drawing}
      >
        <Lines layout={layout} />
        {layout.placed.map((placed) => (
          <g
            key={placed.node.id}
            role="button"
            tabIndex={placed.node.id === chosen ? 0 : -1}
            aria-pressed={placed.node.id === chosen}
            data-node={placed.node.id}
            data-kind={placed.node.kind}
            data-state={placed.node.state || undefined}
            data-root={placed.node.id === root || undefined}
            transform={`translate(${placed.x},${placed.y})`}
            className={styles.node}
            onClick={() => onChoose(placed.node.id)}
            onDoubleClick={() => onOpen(placed.node)}
            onKeyDown={(event) => onKey(event, placed)}
          >
            <Box node={placed.node} />
          </g>
        ))}
      </svg>
    </div>
  );
}

const Lines = memo(function Lines({ layout }: { layout: Layout }) {
  return (
    <g className={styles.lines}>
      {layout.edges.map((edge) => (
        <path key={`${edge.source} ${edge.kind} ${edge.target}`} d={pathOf(layout, edge)}>
          <title>{strings.edges[edge.kind]}</title>
        </path>
      ))}
    </g>
  );
});

const Box = memo(function Box({ node }: { node: LineageNode }) {
  return (
    <>
      <rect width={WIDTH} height={HEIGHT} rx={6} className={styles.box} />
      <rect width={EDGE_HEAD} height={HEIGHT} rx={2} className={styles.stripe} />
      <text x={14} y={20} className={styles.name}>
        {fitted(nameOf(node))}
      </text>
      <text x={14} y={36} className={styles.kind}>
        {fitted(kindOf(node))}
      </text>
    </>
  );
});

/** The thing that an arrow leads to: along a line, or above or below in the same layer. */
function goal(key: string, { placed, edges }: Layout, from: Placed): string | undefined {
  const { id } = from.node;
  if (key === "ArrowLeft") return edges.find(({ target }) => target === id)?.source;
  if (key === "ArrowRight") return edges.find(({ source }) => source === id)?.target;
  const step = key === "ArrowUp" ? -1 : key === "ArrowDown" ? 1 : 0;
  const layer = placed.filter(({ x }) => x === from.x).sort((a, b) => a.y - b.y);
  return step ? layer[layer.indexOf(from) + step]?.node.id : undefined;
}
