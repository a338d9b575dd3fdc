import { expect, test } from "vitest";
import { readRunView } from "./runView";

test("an address is read without trust", () => {
  const view = {
    plot: "box",
    axes: ["params.lr", "metrics.loss"],
    flip: ["params.lr"],
    brush: { "params.lr": [0, 1] },
    ink: "metrics.loss",
    px: "params.lr",
    py: "metrics.loss",
  };
  expect(readRunView(view)).toEqual(view);
  expect(readRunView({ plot: "pie", axes: "a", flip: 1, brush: "x", ink: {}, px: [] })).toEqual({});
  expect(readRunView({ plot: "contour" })).toEqual({ plot: "contour" });
  const many = Array.from({ length: 99 }, (_, i) => `params.p${i}`);
  expect(readRunView({ axes: many }).axes).toHaveLength(12);
});
