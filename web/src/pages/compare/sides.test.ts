import { expect, test } from "vitest";
import type { RunFiles } from "../../api/schema.gen";
import { readEnvironment } from "../runs/facts";
import { countsOf, environmentRows, fileRows } from "./sides";

const NAMES = {
  python: "Python",
  implementation: "Implementation",
  platform: "System",
  machine: "Machine",
  host: "Host",
  cpus: "CPUs",
  memory: "Memory",
  gpus: "GPUs",
};

const told = (python: string, packages: Record<string, string>) =>
  readEnvironment(JSON.stringify({ python, packages }));

test("packages were changed, added or removed, and who says nothing has changed nothing", () => {
  const rows = environmentRows(
    [
      told("3.12", { numpy: "1", pandas: "2", six: "1" }),
      told("3.13", { numpy: "2", pandas: "2", uv: "1" }),
      undefined,
    ],
    NAMES,
    ["Computer", "Packages"],
  );
  expect(rows.map(({ key, sides }) => [key, sides[1]?.change, sides[2]?.change])).toEqual([
    ["Python", "changed", "removed"],
    ["numpy", "changed", undefined],
    ["pandas", "same", undefined],
    ["six", "removed", undefined],
    ["uv", "added", undefined],
  ]);
  const packages = rows.filter((row) => row.group === "Packages");
  expect(countsOf(packages, 1)).toEqual({ same: 1, changed: 1, added: 1, removed: 1 });
  expect(packages.map((row) => row.differs)).toEqual([true, false, true, true]);
});

test("files are the same when their digests are", () => {
  const run = (files: [string, string][], more: Partial<RunFiles> = {}): RunFiles => ({
    run_id: "r",
    root_uri: "",
    complete: true,
    files: files.map(([path, digest]) => ({ path, digest, size: 3 })),
    ...more,
  });
  const rows = fileRows([
    run([
      ["a", "1"],
      ["b", "1"],
      ["c", "1"],
    ]),
    run([
      ["a", "1"],
      ["b", "2"],
      ["d", "1"],
    ]),
    run([["a", "1"]], { complete: false }),
    run([], { elsewhere: true }),
  ]);
  expect(
    rows.map(({ key, sides }) => [key, ...sides.slice(1).map((side) => side?.change)]),
  ).toEqual([
    ["a", "same", "same", undefined],
    ["b", "changed", undefined, undefined],
    ["c", "removed", undefined, undefined],
    ["d", "added", undefined, undefined],
  ]);
});
