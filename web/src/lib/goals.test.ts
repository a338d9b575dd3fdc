import { expect, test } from "vitest";
import { isLessBetter } from "./goals";

test("a word of the name decides whether less is better", () => {
  for (const key of ["loss", "val_loss", "valLoss", "loss/val", "RMSE", "test/MAE", "val-error2"])
    expect(isLessBetter(key, []), key).toBe(true);
  for (const key of ["r2", "accuracy", "glossary", "f1", "lossless", ""])
    expect(isLessBetter(key, []), key).toBe(false);
});

test("what the experiment says counts more", () => {
  const tags = [
    { key: "cuvee.goal.loss", value: "maximize" },
    { key: "cuvee.goal.r2", value: "minimize" },
    { key: "cuvee.goal.mae", value: "whatever" },
  ];
  expect(["loss", "r2", "mae"].map((key) => isLessBetter(key, tags))).toEqual([false, true, true]);
});
