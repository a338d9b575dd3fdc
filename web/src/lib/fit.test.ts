import { expect, test } from "vitest";
import { fitted } from "./fit";

test("columns share the room, and scroll where it is too little", () => {
  expect(fitted(772, 304, 3, 176)).toBe(150);
  expect(fitted(772, 304, 4, 176)).toBe(176);
  expect(fitted(3000, 304, 2, 200)).toBe(320);
  expect(fitted(0, 304, 2, 176)).toBe(176);
  expect(fitted(772, 304, 0, 176)).toBeGreaterThan(0);
});
