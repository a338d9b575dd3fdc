import { expect, test } from "vitest";
import type { Event } from "../../api/schema.gen";
import { changesIn, inShort } from "./changes";

const event: Event = {
  sequence: 1,
  time: 1,
  actor: "ann",
  via: "token",
  action: "version.transitioned",
  object: "version:wine/2",
  before: { run: "r1", stage: "None", tags: {} },
  after: { stage: "Production", run: "r1", tags: { a: 1 }, signed: true },
};

test("all fields are told, those that changed first", () => {
  expect(changesIn(event)).toEqual([
    { field: "stage", before: "None", after: "Production" },
    { field: "tags", before: "", after: '{ "a": 1 }' },
    { field: "signed", before: "", after: "true" },
    { field: "run", before: "r1", after: "r1" },
  ]);
  expect(inShort(event)).toBe('stage: None → Production · tags: { "a": 1 } · signed: true');
  expect(inShort({ ...event, before: { name: "x" }, after: {} })).toBe("name: x → –");
});
