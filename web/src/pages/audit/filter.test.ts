import { expect, test } from "vitest";
import { filterOf, localOf, readAudit, stamp } from "./filter";

test("an address is read without trust", () => {
  expect(
    readAudit({
      actor: "ann",
      before: "7",
      after: 3,
      since: "2026-11-26T04:00:00Z",
      until: "soon",
    }),
  ).toEqual({ actor: "ann", before: 7, since: "2026-11-26T04:00:00Z" });
  expect(readAudit({ before: "-1", after: "x", action: "" })).toEqual({});
  expect(readAudit({ after: 12 })).toEqual({ after: 12 });
});

test("a model brings its versions, another object does not", () => {
  expect(filterOf({ object: "model:wine" })).toMatchObject({ model: "wine", object: undefined });
  expect(filterOf({ object: "model:" })).toMatchObject({ object: "model:" });
  expect(filterOf({ object: "version:wine/1" })).toMatchObject({ object: "version:wine/1" });
  expect(filterOf({ since: "1970-01-01T00:00:05Z" }).from_time).toBe(5000);
});

test("a moment goes through an input and comes back", () => {
  const moment = "2026-11-26T04:05:00Z";
  expect(stamp(new Date(localOf(moment)).getTime())).toBe(moment);
  expect(localOf(undefined)).toBe("");
});
