import { choice, compact, type Query, text } from "../../lib/search";

export const DEPTHS = [1, 2, 3, 5, 8, 12, 20] as const;
export const USUAL = 5;
export type Depth = (typeof DEPTHS)[number];

/** What the address keeps of how a lineage is shown. */
export interface LineageSearch {
  /** How many steps from the version. */
  depth?: Depth;
  view?: "table";
  /** The id of the thing that is told more of. */
  node?: string;
}

export function readLineage(query: Query): LineageSearch {
  const asked = Number(query.depth);
  return compact({
    depth: DEPTHS.find((depth) => depth === asked && depth !== USUAL),
    view: choice(query, "view", ["table"] as const),
    node: text(query, "node"),
  }) as LineageSearch;
}
