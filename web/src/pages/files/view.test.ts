import { expect, test } from "vitest";
import { readFiles } from "./view";

test("an address is read without trust", () => {
  expect(readFiles({ path: "a/b", of: "m-1", source: true, line: 7, q: "x" })).toEqual({
    path: "a/b",
    of: "m-1",
    source: true,
    line: 7,
    q: "x",
  });
  expect(readFiles({ path: "", source: "yes", line: -1, q: ["x"] })).toEqual({});
});
