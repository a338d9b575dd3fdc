import { expect, test } from "vitest";
import type { Curve } from "./chart";
import { plotOf, smoothed } from "./curve";

const LOOK = { smooth: 0, logX: false, logY: false, band: true };

function curve(x: number[], y: number[], count = 1): Curve {
  const of = (values: number[]) => Float64Array.from(values);
  const spread = count > 1 ? 1 : 0;
  return {
    run_id: "r",
    key: "m",
    x: of(x),
    last: of(y),
    min: of(y.map((v) => v - spread)),
    max: of(y.map((v) => v + spread)),
    mean: of(y),
    count: of(y.map(() => count)),
    nans: of(y.map((v) => (Number.isNaN(v) ? 1 : 0))),
  };
}

test("smoothing keeps a constant, damps the rest, and leaves gaps alone", () => {
  expect(smoothed([2, 2, 2], 0.9).map((v) => v?.toFixed(9))).toEqual(Array(3).fill("2.000000000"));
  expect(smoothed([0, null, 1], 0.5)).toEqual([0, null, 0.5 / 0.75]);
});

test("points are drawn as they are, buckets with a band", () => {
  const [points] = plotOf([{ curve: curve([0, 1], [3, 4]), name: "a", colour: "c" }], LOOK).lines;
  expect(points?.y).toEqual([3, 4]);
  expect(points?.band).toBeUndefined();
  const [buckets] = plotOf(
    [{ curve: curve([0, 1], [3, 4], 5), name: "a", colour: "c" }],
    LOOK,
  ).lines;
  expect(buckets?.band).toEqual([
    [2, 3],
    [4, 5],
  ]);
});

test("a smoothed line has its values faint below it", () => {
  const lines = plotOf([{ curve: curve([0, 1], [0, 1]), name: "a", colour: "c" }], {
    ...LOOK,
    smooth: 0.5,
  }).lines;
  expect(lines.map((line) => Boolean(line.faint))).toEqual([true, false]);
  expect(lines[0]?.y).toEqual([0, 1]);
  expect(lines[1]?.y[1]).toBeCloseTo(2 / 3);
});

test("NaN and the infinities are gaps with marks", () => {
  const values = [1, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  const data = plotOf([{ curve: curve([0, 1, 2, 3], values), name: "a", colour: "c" }], LOOK);
  expect(data.lines[0]?.y).toEqual([1, null, null, null]);
  expect(data.lines[0]?.marks).toEqual([
    { x: 1, kind: "nan" },
    { x: 2, kind: "above" },
    { x: 3, kind: "below" },
  ]);
});

test("a logarithmic axis leaves out what it cannot show", () => {
  const one = { curve: curve([0, 1, 2], [5, -1, 7]), name: "a", colour: "c" };
  expect(plotOf([one], { ...LOOK, logX: true }).x).toEqual([1, 2]);
  expect(plotOf([one], { ...LOOK, logY: true }).lines[0]?.y).toEqual([5, null, 7]);
});

test("curves of several runs share their places", () => {
  const data = plotOf(
    [
      { curve: curve([0, 2], [1, 2]), name: "a", colour: "c" },
      { curve: curve([1, 2], [3, 4]), name: "b", colour: "d" },
    ],
    LOOK,
  );
  expect(data.x).toEqual([0, 1, 2]);
  expect(data.lines.map((line) => line.y)).toEqual([
    [1, null, 2],
    [null, 3, 4],
  ]);
});
