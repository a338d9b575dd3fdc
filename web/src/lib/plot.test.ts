import { expect, test } from "vitest";
import { align, summary, toCsv } from "./plot";

const data = align([
  {
    name: 'a "raw"',
    colour: "#000",
    points: [
      [2, 5],
      [0, 1],
    ],
  },
  {
    name: "b",
    colour: "#000",
    points: [
      [1, 7],
      [2, Number.NaN],
    ],
  },
]);

test("lines share one axis, with gaps where they have no point", () => {
  expect(data.x).toEqual([0, 1, 2]);
  expect(data.lines.map((line) => line.y)).toEqual([
    [1, null, 5],
    [null, 7, null],
  ]);
});

test("a chart is exported as CSV", () => {
  expect(toCsv(data, "step")).toBe('"step","a ""raw""","b"\r\n0,1,\r\n1,,7\r\n2,5,\r\n');
});

test("a chart is told in a sentence", () => {
  expect(summary(data, "rmse")).toBe(
    'rmse. a "raw": 2 points from 1 to 5, last 5; b: 1 points from 7 to 7, last 7.',
  );
});
