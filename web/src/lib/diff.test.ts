import { expect, test } from "vitest";
import type { Run } from "../api/schema.gen";
import { compared, distance } from "./diff";

function run(params: Record<string, string>, metrics: Record<string, number | "NaN">): Run {
  const pairs = <T>(of: Record<string, T>) =>
    Object.entries(of).map(([key, value]) => ({ key, value }));
  return {
    info: { run_id: "r", status: "FINISHED", experiment_id: "1" },
    data: {
      params: pairs(params),
      metrics: pairs(metrics),
      tags: [
        { key: "team", value: "cellar" },
        { key: "mlflow.user", value: "ann" },
      ],
    },
  } as unknown as Run;
}

test("what differs comes first, and what is missing differs", () => {
  const rows = compared([run({ a: "1", b: "2" }, { m: 1 }), run({ a: "1", c: "3" }, { m: 2 })]);
  expect(rows.map(({ kind, key, differs }) => `${kind} ${key} ${differs}`)).toEqual([
    "params b true",
    "params c true",
    "metrics m true",
    "params a false",
    "tags team false",
    "about status false",
  ]);
  expect(rows[0]?.values).toEqual(["2", undefined]);
});

test("equal NaN do not differ, and have no distance", () => {
  const [row] = compared([run({}, { m: "NaN" }), run({}, { m: "NaN" })]);
  expect(row).toEqual({ kind: "metrics", key: "m", values: ["NaN", "NaN"], differs: false });
  expect(distance("NaN", "1")).toBeUndefined();
  expect(distance("3", "1")).toBe(2);
  expect(distance(undefined, "1")).toBeUndefined();
});
