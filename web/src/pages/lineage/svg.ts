import { SVG } from "../../lib/pen";
import { EDGE_HEAD, HEIGHT, type Layout, pathOf, WIDTH } from "./layout";
import { colourOf, fitted } from "./look";
import { kindOf, nameOf } from "./strings";

/** A lineage as an SVG file that needs nothing else. */
export function lineageSvg(layout: Layout, colour: (token: string) => string): string {
  const { width, height, edges, placed } = layout;
  const font = escaped(colour("--font"));
  const lines = edges.map(
    (edge) => `<path d="${pathOf(layout, edge)}" fill="none" stroke="${colour("--line-strong")}"/>`,
  );
  const boxes = placed.map(({ node, x, y }) =>
    [
      `<g transform="translate(${x},${y})"><title>${escaped(nameOf(node))}</title>`,
      `<rect width="${WIDTH}" height="${HEIGHT}" rx="6" fill="${colour("--surface")}" stroke="${colour("--line-strong")}"/>`,
      `<rect width="${EDGE_HEAD}" height="${HEIGHT}" rx="2" fill="${colour(colourOf(node))}"/>`,
      `<text x="14" y="20" font-size="13" fill="${colour("--ink")}">${escaped(fitted(nameOf(node)))}</text>`,
      `<text x="14" y="36" font-size="11" fill="${colour("--ink-soft")}">${escaped(fitted(kindOf(node)))}</text>`,
      "</g>",
    ].join(""),
  );
  const open = `<svg xmlns="${SVG}" width="${width}" height="${height}" font-family="${font}">`;
  const back = `<rect width="${width}" height="${height}" fill="${colour("--surface")}"/>`;
  return [open, back, ...lines, ...boxes, "</svg>"].join("\n");
}

function escaped(text: string): string {
  const names: Record<string, string> = { "<": "lt", ">": "gt", "&": "amp", '"': "quot" };
  return text.replace(/[<>&"]/g, (found) => `&${names[found]};`);
}
