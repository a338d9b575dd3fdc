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

test("datasets differ by their digests, and metrics of the computer stand by themselves", () => {
  const read = (digest: string) => ({
    ...run({}, { rmse: 1, "system/cpu": 40 }),
    inputs: {
      dataset_inputs: [
        {
          dataset: { name: "wine", digest },
          tags: [{ key: "mlflow.data.context", value: "train" }],
        },
        { dataset: { name: "wine", digest: "f" }, tags: [] },
        { dataset: { name: "wine", digest: "e" }, tags: [] },
      ],
    },
  });
  const rows = compared([read("a1"), read("b2")] as Run[]);
  const told = rows.map(({ kind, key, values }) => [kind, key, ...values]);
  expect(told).toContainEqual(["datasets", "wine, train", "a1", "b2"]);
  expect(told).toContainEqual(["datasets", "wine", "e, f", "e, f"]);
  expect(told).toContainEqual(["system", "system/cpu", "40", "40"]);
  expect(rows[0]?.kind).toBe("datasets");
});

test("equal NaN do not differ, and have no distance", () => {
  const [row] = compared([run({}, { m: "NaN" }), run({}, { m: "NaN" })]);
  expect(row).toEqual({ kind: "metrics", key: "m", values: ["NaN", "NaN"], differs: false });
  expect(distance("NaN", "1")).toBeUndefined();
  expect(distance("3", "1")).toBe(2);
  expect(distance(undefined, "1")).toBeUndefined();
});
