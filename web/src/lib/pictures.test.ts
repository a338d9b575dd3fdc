import { expect, test } from "vitest";
import { pictureAt, picturesOf, stepsOf } from "./pictures";

const PATHS = [
  "plot.png",
  "notes.txt",
  "images/val~grid+step+5+timestamp+100+aa.png",
  "images/val~grid+step+5+timestamp+100+aa+compressed.webp",
  "images/val~grid+step+10+timestamp+101+bb.png",
  "images/val~grid+step+10+timestamp+200+cc.png",
  "images/old%step%3%timestamp%7%dd.png",
];

test("images are found by key and step, the last of a step counts", () => {
  expect(picturesOf(PATHS)).toEqual([
    { key: "plot.png", step: undefined, path: "plot.png", small: "plot.png" },
    { key: "val/grid", step: 5, path: PATHS[2], small: PATHS[3] },
    { key: "val/grid", step: 10, path: PATHS[5], small: PATHS[5] },
    { key: "old", step: 3, path: PATHS[6], small: PATHS[6] },
  ]);
  expect(picturesOf([...PATHS].reverse()).find(({ step }) => step === 5)).toEqual({
    ...{ key: "val/grid", step: 5, path: PATHS[2], small: PATHS[3] },
  });
});

test("a step without an image shows the last one before it", () => {
  const grid = picturesOf(PATHS).filter(({ key }) => key === "val/grid");
  expect(stepsOf(grid)).toEqual([5, 10]);
  expect([4, 5, 7, 10, 99].map((step) => pictureAt(grid, step)?.step)).toEqual([
    ...[undefined, 5, 5, 10, 10],
  ]);
  expect(pictureAt(picturesOf(["a.png"]), 0)?.path).toBe("a.png");
});
