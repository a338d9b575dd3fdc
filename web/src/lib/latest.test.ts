import { expect, test } from "vitest";
import type { Run } from "../api/schema.gen";
import { latestMetric } from "./latest";

function run(...metrics: [string, number][]): Run {
  const all = metrics.map(([key, timestamp]) => ({ key, timestamp, value: 1, step: 0 }));
  return { info: {}, data: { metrics: all } } as unknown as Run;
}

test("the metric is the one that was logged last", () => {
  expect(latestMetric(run(["loss", 1], ["lr", 3], ["acc", 2]))?.key).toBe("lr");
});

test("of those logged together it is one that says how well the run goes", () => {
  expect(latestMetric(run(["lr", 3], ["val_loss", 3], ["acc", 2]))?.key).toBe("val_loss");
});

test("there is none of a run without metrics", () => {
  expect(latestMetric(run())).toBeUndefined();
});
