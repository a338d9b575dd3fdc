import { describe, expect, it } from "vitest";
import type { LineageEdge, LineageNode } from "../../api/schema.gen";
import { HEIGHT, layOut, pathOf, WIDTH } from "./layout";

const node = (id: string): LineageNode => ({ id, kind: "run", ref: id });
const edge = (source: string, target: string): LineageEdge => ({ source, target, kind: "nested" });

function graph(ids: string, ...pairs: string[]) {
  const nodes = ids.split(" ").map(node);
  const edges = pairs.map((pair) => edge(pair[0] as string, pair[1] as string));
  return layOut({ root: "a", nodes, edges });
}

function columns(ids: string, ...pairs: string[]): string[] {
  const { placed } = graph(ids, ...pairs);
  const xs = [...new Set(placed.map(({ x }) => x))].sort((a, b) => a - b);
  return xs.map((x) =>
    placed
      .filter((one) => one.x === x)
      .map((one) => one.node.id)
      .sort()
      .join(""),
  );
}

describe("layOut", () => {
  it("puts things behind all that they come from", () => {
    expect(columns("a b c d", "ab", "bc", "ac", "cd")).toEqual(["a", "b", "c", "d"]);
  });

  it("puts what comes from nothing right before what comes from it", () => {
    expect(columns("a b c d e", "ab", "bc", "dc", "ce")).toEqual(["a", "bd", "c", "e"]);
  });

  it("places one thing by itself, and things in a circle", () => {
    expect(columns("a")).toEqual(["a"]);
    expect(columns("a b c", "ab", "bc", "ca").join("").length).toBe(3);
    expect(columns("a b", "ab", "ba", "aa")).toHaveLength(2);
  });

  it("crosses no lines where that can be helped", () => {
    const found = graph("a b c x y z", "az", "by", "cx");
    const order = (ids: string) =>
      [...ids].sort((p, q) => (found.at.get(p)?.y ?? 0) - (found.at.get(q)?.y ?? 0)).join("");
    expect(order("xyz")).toBe([...order("abc")].map((id) => "zyx"["abc".indexOf(id)]).join(""));
  });

  it("lets no two overlap, and all lie within", () => {
    const ids = Array.from({ length: 200 }, (_, i) => `n${i}`);
    const nodes = ids.map(node);
    const edges = ids.slice(1).map((id, i) => edge(`n${Math.floor(i / 3)}`, id));
    const start = performance.now();
    const { placed, width, height } = layOut({ root: "n0", nodes, edges });
    expect(performance.now() - start).toBeLessThan(500);
    expect(placed).toHaveLength(200);
    for (const [i, one] of placed.entries()) {
      expect(one.x >= 0 && one.x + WIDTH <= width).toBe(true);
      expect(one.y >= 0 && one.y + HEIGHT <= height).toBe(true);
      for (const other of placed.slice(i + 1))
        expect(one.x === other.x && Math.abs(one.y - other.y) < HEIGHT).toBe(false);
    }
  });

  it("draws a line from the right side of the one to the left side of the other", () => {
    const found = graph("a b", "ab");
    const [a, b] = [found.at.get("a"), found.at.get("b")];
    const path = pathOf(found, edge("a", "b"));
    expect(path.startsWith(`M${(a?.x ?? 0) + WIDTH},`)).toBe(true);
    expect(path.endsWith(` ${b?.x},${(b?.y ?? 0) + HEIGHT / 2}`)).toBe(true);
    expect(pathOf(found, edge("a", "nothing"))).toBe("");
  });
});
