import { parquetReadObjects } from "hyparquet";
import { expect, test } from "vitest";
import { RunFile, sortOf } from "./parquet";

test("pages become row groups, with nulls where runs have nothing", async () => {
  const file = new RunFile(["attributes.run_id", "metrics.loss", "params.lr", "metrics.none"]);
  const none = { name: "metrics.none" };
  file.add({
    count: 2,
    columns: [{ name: "params.lr" }, none, lossOf([1]), { name: "run_id", texts: ["a", "b"] }],
  });
  const lr = { name: "params.lr", texts: ["0.1"] };
  file.add({ count: 1, columns: [{ name: "run_id", texts: ["c"] }, lossOf([0]), none, lr] });
  const bytes = await file.finish().arrayBuffer();
  expect(file.rows).toBe(3);
  expect(await parquetReadObjects({ file: bytes })).toEqual([
    { run_id: "a", "metrics.loss": null, "params.lr": null, "metrics.none": null },
    { run_id: "b", "metrics.loss": -0, "params.lr": null, "metrics.none": null },
    { run_id: "c", "metrics.loss": -0, "params.lr": "0.1", "metrics.none": null },
  ]);
});

const lossOf = (rows: number[]) => ({ name: "metrics.loss", rows, numbers: [-0] });

test("what a column is of is said by its values, and by its name without any", () => {
  const sorts = ["metrics.a", "min(metrics.a)", "params.a", "tags.time", "end_time", "status"];
  expect(sorts.map((name) => sortOf({ name }))).toEqual([
    ...["DOUBLE", "DOUBLE", "STRING", "STRING", "TIMESTAMP", "STRING"],
  ]);
  expect(sortOf({ name: "number(params.a)", numbers: [1] })).toBe("DOUBLE");
  expect(sortOf({ name: "datasets", cells: [] })).toBe("STRING");
});
