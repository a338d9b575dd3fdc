import { expect, test } from "vitest";
import { rowsOf } from "./table";

test("columns become rows, with gaps where runs have nothing", () => {
  const rows = rowsOf({
    count: 3,
    columns: [
      { name: "run_id", texts: ["a", "b", "c"] },
      { name: "run_name", texts: ["A", "B", "C"] },
      { name: "start_time", times: [1, 2, 3] },
      { name: "end_time", rows: [1], times: [9] },
      { name: "metrics.loss", numbers: [null, null, 0.5], plus: [1] },
      { name: "params.lr", rows: [0, 2], texts: ["0.1", "0.2"] },
    ],
  });
  expect(rows.map((row) => [row.id, row.name, row.start, row.end])).toEqual([
    ["a", "A", 1, undefined],
    ["b", "B", 2, 9],
    ["c", "C", 3, undefined],
  ]);
  expect(rows.map((row) => row.values.get("metrics.loss"))).toEqual([
    Number.NaN,
    Number.POSITIVE_INFINITY,
    0.5,
  ]);
  expect(rows.map((row) => row.values.get("params.lr"))).toEqual(["0.1", undefined, "0.2"]);
});

test("things of a run stand beside its values, and as texts among them", () => {
  const wine = { kind: "version", name: "wine", ref: "3", stage: "Production" } as const;
  const ale = { kind: "version", name: "ale", ref: "1", stage: "None" } as const;
  const tree = { kind: "logged_model", name: "tree", ref: "m-1" } as const;
  const cells = [{ items: [wine, ale, tree], more: 2 }];
  const rows = rowsOf({ count: 2, columns: [{ name: "models", rows: [1], cells }] });
  expect(rows.map(({ items }) => items?.get("models"))).toEqual([undefined, cells[0]]);
  const text = "wine/3 (Production); ale/1; tree (m-1); and 2 more";
  expect(rows.map(({ values }) => values.get("models"))).toEqual([undefined, text]);
  expect(rowsOf({ count: 1 })[0]?.items).toBeUndefined();
});

test("a text of which only the beginning came is known for that", () => {
  const rows = rowsOf({
    count: 3,
    columns: [
      { name: "run_id", texts: ["a", "b", "c"] },
      { name: "params.p", rows: [0, 2], texts: ["whole", "begin"], cut: [1] },
      { name: "tags.t", texts: ["x", "y", "z"], cut: [0, 2] },
    ],
  });
  expect(rows.map((row) => row.values.get("params.p"))).toEqual(["whole", undefined, "begin…"]);
  expect(rows.map((row) => row.values.get("tags.t"))).toEqual(["x…", "y", "z…"]);
  expect(rows.map((row) => row.cut && [...row.cut])).toEqual([
    ["tags.t"],
    undefined,
    ["params.p", "tags.t"],
  ]);
});

test("a table without rows is empty", () => {
  expect(rowsOf({ count: 0 })).toEqual([]);
});
