import { expect, test } from "vitest";
import type { Run } from "../api/schema.gen";
import { varying } from "./vary";

function run(metrics: Record<string, number>, params: Record<string, string>): Run {
  return {
    info: {} as Run["info"],
    data: {
      metrics: Object.entries(metrics).map(([key, value]) => ({ key, value, timestamp: 1 })),
      params: Object.entries(params).map(([key, value]) => ({ key, value })),
    },
  };
}

test("keys that differ come first, metrics before params, and equal ones are left out", () => {
  const runs = [
    run({ rmse: 1, same: 3 }, { lr: "1", seed: "7" }),
    run({ rmse: 2, same: 3 }, { lr: "2", seed: "7", extra: "x" }),
  ];
  expect(varying(runs, 9).map(({ key }) => key)).toEqual(["rmse", "lr", "extra"]);
  expect(varying(runs, 1)).toEqual([{ kind: "metrics", key: "rmse" }]);
});

test("of one run everything is shown", () => {
  expect(varying([run({ rmse: 1 }, { lr: "1" })], 9)).toHaveLength(2);
  expect(varying([], 9)).toEqual([]);
});
