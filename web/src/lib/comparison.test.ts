import { expect, test } from "vitest";
import type { ModelVersion, VersionComparison } from "../api/schema.gen";
import { changeOf, countOf, PARTS, rowsOf, sameOf } from "./comparison";

const version = { name: "wine", version: "1", current_stage: "None" } as ModelVersion;
const found: VersionComparison = {
  before: version,
  after: version,
  metrics: [
    { key: "f1", after: 0.9 },
    { key: "odd", before: "NaN", after: "NaN" },
    { key: "rmse", before: 0.75, after: 0.5, delta: -0.25 },
  ],
  signature: [{ part: "inputs", name: "ph", after: "double", breaks: "input 'ph' is required" }],
  packages: [{ kind: "pip", name: "scipy", before: "", after: "1.1" }],
  files: [{ path: "notes.md", before: "a".repeat(64), before_size: 2048 }],
  description: { key: "description", before: "", after: "new" },
  tags: [{ key: "ticket", before: "1", after: "1" }],
  same: [{ part: "tags", count: 1 }],
};

test("values are shown short and kept in full", () => {
  const [added, odd, moved] = rowsOf(found, "metrics");
  expect(added && changeOf(added)).toBe("added");
  expect(odd && changeOf(odd)).toBe("same");
  expect(moved).toMatchObject({ before: { text: "0.75" }, after: { text: "0.5" }, delta: -0.25 });
  expect(rowsOf(found, "files")[0]?.before).toEqual({
    text: "aaaaaaaaaaaa · 2.00 KiB",
    full: "a".repeat(64),
  });
  expect(rowsOf(found, "packages")[0]?.before?.text).toBe("any version");
});

test("what differs and what breaks is counted", () => {
  expect(PARTS.map((part) => countOf(found, part).differ)).toEqual([2, 0, 1, 1, 0, 0, 1, 1, 0]);
  expect(countOf(found, "signature").break).toBe(1);
  expect([sameOf(found, "tags"), sameOf(found, "params")]).toEqual([1, 0]);
});
