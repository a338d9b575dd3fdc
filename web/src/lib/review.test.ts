import { expect, test } from "vitest";
import type { TransitionRequest, VersionComment } from "../api/schema.gen";
import {
  CHANGES,
  changesAsked,
  checksIn,
  completes,
  conversation,
  lacking,
  refusal,
} from "./review";

const request: TransitionRequest = {
  creation_timestamp: 10,
  user_id: "bob",
  to_stage: "Production",
  comment: "better",
  approvals: ["cat"],
  required_approvals: 2,
  checks: [{ check: "golden-set", state: "passed", reason: "" }],
  verdicts: [{ user_id: "cat", verdict: "approved", creation_timestamp: 30 }],
  refusals: [{ action: "CANCEL_TRANSITION_REQUEST", reason: "it is bob's" }],
};
const comment: VersionComment = {
  id: "1",
  comment: "why?",
  user_id: "dan",
  creation_timestamp: 20,
  last_updated_timestamp: 20,
};

test("what was said stands in its order, and an end that nobody judged is told", () => {
  expect(conversation(request, [comment]).map((said) => said.kind)).toEqual([
    "asked",
    "commented",
    "approved",
  ]);
  const ended = {
    ...request,
    status: "cancelled" as const,
    closed_by: "bob",
    closed_timestamp: 40,
  };
  expect(conversation(ended, []).at(-1)).toMatchObject({ kind: "ended", user: "bob", time: 40 });
  const rejected = { ...ended, status: "rejected" as const };
  expect(conversation(rejected, []).map((said) => said.kind)).toEqual(["asked", "approved"]);
});

test("the approval that completes the review is known before it is given", () => {
  expect(lacking(request)).toBe(1);
  expect(completes(request, "dan")).toBe(true);
  expect(completes(request, "cat")).toBe(false);
  const unchecked = {
    ...request,
    checks: [{ check: "golden-set", state: "unknown" as const, reason: "" }],
  };
  expect(completes(unchecked, "dan")).toBe(false);
  expect(checksIn(unchecked, "unknown")).toHaveLength(1);
  expect(refusal(request, "CANCEL_TRANSITION_REQUEST")).toBe("it is bob's");
  expect(refusal(request, "APPROVE_TRANSITION_REQUEST")).toBe("");
});

test("changes are asked for by a comment, until who asked for the move says something", () => {
  const marked = { ...comment, comment: `${CHANGES}add whites` };
  expect(conversation(request, [marked])[1]).toMatchObject({ kind: "changes", text: "add whites" });
  expect(changesAsked(request, [comment])).toBeUndefined();
  expect(changesAsked(request, [marked])).toBe(marked);
  expect(changesAsked(request, [{ ...marked, creation_timestamp: 9 }])).toBeUndefined();
  const answer = { ...comment, user_id: "bob", creation_timestamp: 25 };
  expect(changesAsked(request, [marked, answer])).toBeUndefined();
  const again = { ...marked, creation_timestamp: 30 };
  expect(changesAsked(request, [marked, answer, again])).toBe(again);
});
