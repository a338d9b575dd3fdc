import { expect, test } from "vitest";
import type { Event } from "../api/schema.gen";
import { actionOf, changesOf, versionOf } from "./event";

const event: Event = {
  sequence: 1,
  time: 1,
  actor: "ann",
  via: "token",
  action: "version.transitioned",
  object: "version:wine/2",
  before: { stage: "None", description: "", tags: {} },
  after: { stage: "Production", description: "reds", digest: "abc" },
};

test("an event is told in words", () => {
  expect(actionOf(event)).toBe("moved");
  expect(actionOf({ ...event, action: "model.polished" })).toBe("model.polished");
  expect(versionOf(event)).toEqual({ name: "wine", version: "2" });
  expect(versionOf({ ...event, object: "model:wine" })).toBeUndefined();
  expect(changesOf(event)).toEqual(["description: reds"]);
  expect(changesOf({ ...event, before: { a: { b: 1 } }, after: {} })).toEqual(['a: {"b":1} → –']);
});
