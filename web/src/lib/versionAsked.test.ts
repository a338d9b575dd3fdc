import { expect, test } from "vitest";
import { versionAsked } from "./versionAsked";

test("a model's part and a number name a version", () => {
  for (const text of ["wine 2", "wine/2", "wine v2", "wine#2", "wine version 2", " wine  2 "]) {
    expect(versionAsked(text)).toEqual({ model: "wine", version: 2 });
  }
});

test("a name that ends with a number is a name", () => {
  for (const text of ["wine2", "2", "wine", "", "wine 2b"]) {
    expect(versionAsked(text)).toBeUndefined();
  }
});
