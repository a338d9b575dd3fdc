import { expect, test } from "vitest";
import { groupings, groupsBy } from "./groups";

const run = (id: string, fields: Record<string, string>) => ({
  id,
  name: id,
  start: 0,
  live: false,
  colour: "--run-0",
  dash: undefined,
  fields: new Map(Object.entries(fields)),
});
const runs = [
  run("a", { "params.lr": "0.1", "params.seed": "1", "tags.team": "x" }),
  run("b", { "params.lr": "0.1", "params.seed": "2", "tags.team": "x" }),
  run("c", { "params.lr": "0.01", "params.seed": "3", "tags.team": "x" }),
  run("d", { "params.seed": "4" }),
];

test("runs are grouped by what some of them share", () => {
  expect(groupings(runs)).toEqual(["params.lr"]);
});

test("groups are in the order of their values, and runs without one come last", () => {
  const groups = groupsBy(runs, "params.lr", "without");
  expect(groups.map((g) => [g.value, g.runs.map(({ id }) => id).join("")])).toEqual([
    ["0.01", "c"],
    ["0.1", "ab"],
    ["without", "d"],
  ]);
  expect(new Set(groups.map(({ colour }) => colour)).size).toBe(3);
});
