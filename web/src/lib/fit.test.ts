import { expect, test } from "vitest";
import { cut, fitted, inRoom, shrunk } from "./fit";

test("columns share the room, and scroll where it is too little", () => {
  expect(fitted(772, 304, 3, 176)).toBe(150);
  expect(fitted(772, 304, 4, 176)).toBe(176);
  expect(fitted(3000, 304, 2, 200)).toBe(320);
  expect(fitted(0, 304, 2, 176)).toBe(176);
  expect(fitted(772, 304, 0, 176)).toBeGreaterThan(0);
});

test("columns without room are left out, and the first has the rest", () => {
  const columns = ["name", "runs", "tags", "id"].map((id) => ({ id, width: 200 }));
  const shown = (room: number) => inRoom(columns, room, ["id", "tags"]);

  expect(shown(900).map(({ width }) => width)).toEqual([282, 200, 200, 200]);
  expect(shown(818)).toEqual(columns);
  expect(shown(817).map(({ id }) => id)).toEqual(["name", "runs", "tags"]);
  expect(shown(817)[0]?.width).toBe(399);
  expect(shown(640).map(({ width }) => width)).toEqual([222, 200, 200]);
  expect(shown(375)).toEqual(columns);
  expect(shown(0)).toEqual(columns);
});

test("a text that is cut says so, and others are as they are", () => {
  expect(cut("alcohol, volatile acidity", 12)).toBe("alcohol, vo…");
  expect(cut("alcohol", 7)).toBe("alcohol");
  expect(cut("alcohol", 1)).toBe("a…");
});

test("columns give way together, none below its least, and only if all are seen then", () => {
  const columns = [{ width: 200, least: 100 }, { width: 100, least: 80 }, { width: 50 }];
  const widths = (room: number) => shrunk(columns, room).map(({ width }) => width);
  expect(widths(368)).toEqual([200, 100, 50]);
  expect(widths(308)).toEqual([150, 90, 50]);
  expect(widths(248)).toEqual([100, 80, 50]);
  for (const room of [0, 247]) expect(widths(room)).toEqual([200, 100, 50]);
});
