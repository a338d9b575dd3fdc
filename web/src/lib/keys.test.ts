import { expect, test } from "vitest";
import { grouped, isChosen, toggled, toggledGroup } from "./keys";

const KEYS = ["val/loss", "lr", "train/loss", "layer10/w", "layer2/w", "train/acc", "val/acc"];

test("keys are grouped by what they begin with, in the order people count", () => {
  expect(grouped(KEYS)).toEqual([
    { prefix: "", keys: ["lr"] },
    { prefix: "layer2", keys: ["layer2/w"] },
    { prefix: "layer10", keys: ["layer10/w"] },
    { prefix: "train", keys: ["train/acc", "train/loss"] },
    { prefix: "val", keys: ["val/acc", "val/loss"] },
  ]);
});

test("a group is chosen as one, and without one of its keys as the others", () => {
  const train = { prefix: "train", keys: ["train/acc", "train/loss"] };
  const all = toggledGroup(new Set(["lr"]), train);
  expect(all).toEqual(["lr", "train/*"]);
  expect(isChosen(new Set(all), "train", "train/acc")).toBe(true);
  expect(toggled(new Set(all), train, "train/acc")).toEqual(["lr", "train/loss"]);
  expect(toggled(new Set(["train/loss"]), train, "train/acc")).toEqual(["train/*"]);
  expect(toggledGroup(new Set(all), train)).toEqual(["lr"]);
  expect(toggled(new Set(["lr"]), { prefix: "", keys: ["lr"] }, "lr")).toEqual([]);
});
