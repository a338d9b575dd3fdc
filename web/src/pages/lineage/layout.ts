import type { Lineage, LineageEdge, LineageNode } from "../../api/schema.gen";

export const WIDTH = 184; // of a node
export const HEIGHT = 46;
export const EDGE_HEAD = 4; // of the stripe at its left
const ACROSS = 40; // between layers
const DOWN = 16; // between nodes of a layer
const SWEEPS = 6; // times that the order within layers is bettered
const EDGE = 8; // around everything

export interface Placed {
  readonly node: LineageNode;
  readonly x: number;
  readonly y: number;
}

export interface Layout {
  readonly placed: readonly Placed[];
  readonly at: ReadonlyMap<string, Placed>;
  readonly edges: readonly LineageEdge[];
  readonly width: number;
  readonly height: number;
}

type Links = ReadonlyMap<string, readonly string[]>;

/** Put a lineage into layers from left to right, with few crossings; what goes in a circle, too. */
export function layOut({ nodes, edges = [] }: Lineage): Layout {
  const ids = nodes.map(({ id }) => id);
  const before = linksOf(
    ids,
    edges.map(({ source, target }) => [target, source]),
  );
  const after = linksOf(
    ids,
    edges.map(({ source, target }) => [source, target]),
  );
  const layers = inOrder(layersOf(ids, before, after), before, after);
  const tallest = Math.max(...layers.map((layer) => layer.length));
  const full = tallest * (HEIGHT + DOWN) - DOWN;
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const placed = layers.flatMap((layer, depth) => {
    const height = layer.length * (HEIGHT + DOWN) - DOWN;
    return layer.map((id, place) => ({
      node: byId.get(id) as LineageNode,
      x: EDGE + depth * (WIDTH + ACROSS),
      y: EDGE + (full - height) / 2 + place * (HEIGHT + DOWN),
    }));
  });
  return {
    placed,
    at: new Map(placed.map((one) => [one.node.id, one])),
    edges,
    width: 2 * EDGE + layers.length * (WIDTH + ACROSS) - ACROSS,
    height: 2 * EDGE + full,
  };
}

function linksOf(ids: readonly string[], pairs: readonly (readonly [string, string])[]): Links {
  const links = new Map<string, string[]>(ids.map((id) => [id, []]));
  for (const [from, to] of pairs) links.get(from)?.push(to);
  return links;
}

/** Each layer's ids: behind all that a thing comes from, and close to what comes from it. */
function layersOf(ids: readonly string[], before: Links, after: Links): string[][] {
  const depth = new Map<string, number>();
  const under = new Set<string>();
  const visit = (id: string): number => {
    const known = depth.get(id);
    if (known !== undefined) return known;
    under.add(id);
    const above = (before.get(id) ?? []).filter((one) => !under.has(one)); // no circles
    const found = Math.max(-1, ...above.map(visit)) + 1;
    under.delete(id);
    depth.set(id, found);
    return found;
  };
  ids.forEach(visit);
  const layers: string[][] = [];
  for (const id of ids) {
    const next = (after.get(id) ?? []).map((one) => depth.get(one) ?? 0);
    const own = depth.get(id) ?? 0;
    const nearest = Math.min(...next) - 1;
    const first = !before.get(id)?.length && Number.isFinite(nearest);
    const layer = first ? Math.max(own, nearest) : own;
    layers[layer] = [...(layers[layer] ?? []), id];
  }
  return layers.filter(Boolean);
}

/** The layers with each thing near the middle of those that it is linked to. */
function inOrder(layers: readonly string[][], before: Links, after: Links): string[][] {
  const found = layers.map((layer) => [...layer]);
  const place = new Map<string, number>();
  const note = (layer: readonly string[]) => {
    layer.forEach((id, i) => {
      place.set(id, i - (layer.length - 1) / 2);
    });
  };
  found.forEach(note);
  for (let sweep = 0; sweep < SWEEPS; sweep += 1) {
    const forth = sweep % 2 === 0;
    for (const layer of forth ? found : [...found].reverse()) {
      const links = forth ? before : after;
      const middle = new Map(layer.map((id) => [id, mean(links.get(id), place, id)]));
      layer.sort((a, b) => (middle.get(a) ?? 0) - (middle.get(b) ?? 0));
      note(layer);
    }
  }
  return found;
}

function mean(ids: readonly string[] = [], place: ReadonlyMap<string, number>, own: string) {
  const known = ids.length ? ids : [own];
  return known.reduce((sum, id) => sum + (place.get(id) ?? 0), 0) / known.length;
}

const LEAST = 0.7; // of its size, at which a drawing can be read
const HIGH = 0.68; // of the window: what of a drawing is seen without scrolling, as its style says

/** How large to draw it, so that its width fits; where that is not to be had it scrolls. */
export function scaleOf({ width, height }: Layout, room: number, window: number): number {
  const scale = room / width;
  return scale < 1 && scale >= LEAST && height * scale <= HIGH * window ? scale : 1;
}

/** The line from one thing to another, from side to side. */
export function pathOf({ at }: Layout, { source, target }: LineageEdge): string {
  const [a, b] = [at.get(source), at.get(target)];
  if (!a || !b) return "";
  const [x0, y0, y1] = [a.x + WIDTH, a.y + HEIGHT / 2, b.y + HEIGHT / 2];
  const bend = Math.max(ACROSS / 2, (b.x - x0) / 2);
  return `M${x0},${y0} C${x0 + bend},${y0} ${b.x - bend},${y1} ${b.x},${y1}`;
}
