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

test("a deployment is told with its place and what it replaces", () => {
  const after = { target: "k8s/eu", url: "https://eu.example" };
  const begun = { ...event, action: "deployment.recorded", before: {}, after };
  expect(actionOf(begun)).toBe("deployed");
  expect(changesOf(begun)).toEqual(["to k8s/eu"]);
  const next = { ...begun, details: { deployment: "2", replaces: "1" } };
  expect(changesOf(next)).toEqual(["to k8s/eu", "in place of version 1"]);
  const moved = { ...begun, before: { target: "k8s/eu", url: "" } };
  expect(actionOf(moved)).toBe("changed the address of");
  expect(changesOf(moved)).toEqual(["at k8s/eu", "address: – → https://eu.example"]);
  const ended = { ...begun, action: "deployment.ended", before: after, after: {} };
  expect(actionOf(ended)).toBe("undeployed");
  expect(changesOf(ended)).toEqual(["from k8s/eu"]);
});
