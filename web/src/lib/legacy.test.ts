import { expect, test } from "vitest";
import { legacyPlace } from "./legacy";

test("what MLflow's clients print leads to the same thing", () => {
  expect(legacyPlace("#/experiments/12")).toBe("/experiments/12");
  expect(legacyPlace("#/experiments/12/runs/0ab")).toBe("/runs/0ab");
  expect(legacyPlace("#/experiments/12/runs/0ab/artifacts?x=1")).toBe("/runs/0ab");
  expect(legacyPlace("#/models/a%20b/versions/3")).toBe("/models/a%20b/versions/3");
  expect(legacyPlace("#/models/wine")).toBe("/models/wine");
  expect(legacyPlace("#/models")).toBe("/models");
});

test("other fragments stay what they are", () => {
  for (const hash of ["", "#", "#history", "#//evil.example/models", "#/traces/1"])
    expect(legacyPlace(hash)).toBeUndefined();
});
