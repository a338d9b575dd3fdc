import { expect, test } from "vitest";
import { boxesOf } from "./boxes";
import { axisOf } from "./runAxes";

test("each value of x has a box, and what is far from it stands alone", () => {
  const x = axisOf("params", "solver", ["a", "a", "a", "a", "a", "b", undefined, "b"], false);
  const y = axisOf("metrics", "loss", [1, 2, 3, 4, 100, 7, 8, undefined], false);
  const [a, b, ...more] = boxesOf(x, y);
  expect(more).toEqual([]);
  expect(a).toMatchObject({ name: "a", low: 1, q1: 2, median: 3, q3: 4, high: 4, outliers: [4] });
  expect(b).toMatchObject({ name: "b", low: 7, median: 7, high: 7, runs: [5], outliers: [] });
});

test("many numbers are gathered in parts of the axis", () => {
  const numbers = Array.from({ length: 100 }, (_, i) => i);
  const boxes = boxesOf(
    axisOf("params", "n", numbers, false),
    axisOf("metrics", "m", numbers, false),
  );
  expect(boxes).toHaveLength(8);
  expect(boxes[0]?.name).toBe("0 – 12.4");
  expect(boxes.flatMap((box) => box.runs)).toHaveLength(100);
});
