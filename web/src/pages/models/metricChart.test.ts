import { expect, test } from "vitest";
import type { ModelVersion } from "../../api/schema.gen";
import { bandsOf, placesOf, scaleOf } from "./metricChart";

const version = (number: string, current_stage: string): ModelVersion => ({
  name: "wine",
  version: number,
  creation_timestamp: 1,
  last_updated_timestamp: 1,
  current_stage,
});

test("a stage's band has who holds it, and who held it before", () => {
  const versions = [version("1", "Archived"), version("2", "Production"), version("3", "None")];
  const holdings = [
    { version: "2", stage: "Production", since: 20 },
    { version: "1", stage: "Production", since: 10, until: 20 },
    { version: "1", stage: "None", since: 5, until: 10 },
    { version: "9", stage: "Production", since: 1, until: 2, deleted: true },
  ];
  expect(bandsOf(versions, holdings)).toEqual([{ stage: "Production", now: ["2"], past: ["1"] }]);
});

test("versions stand beside each other, and values between the ticks", () => {
  expect([...placesOf(["1", "2"], 10, 100).values()]).toEqual([60, 160]);
  const { place, ticks } = scaleOf([0, 10, Number.NaN], 0, 100);
  expect(place(0)).toBeGreaterThan(place(10));
  expect(ticks).toEqual([0, 5, 10]);
  expect(scaleOf([], 0, 100).ticks).toEqual([]);
  expect(scaleOf([3], 0, 100).ticks.length).toBeGreaterThan(1);
});
