import { expect, test } from "vitest";
import { policyText } from "./policy";

test("a policy is written as a document that people can change", () => {
  const review = {
    approvals: 2,
    from: ["group:risk"],
    checks: ["metrics.rmse < 0.8"],
    reason: true,
  };
  const stages = [{ name: "Staging" }, { name: "Very Live", holders: "one" as const, review }];
  expect(policyText("team/wine", { stages })).toBe(
    [
      'scope: "team/wine"',
      "stages:",
      "  - name: Staging",
      '  - name: "Very Live"',
      "    holders: one",
      "    review:",
      "      approvals: 2",
      '      from: ["group:risk"]',
      '      checks: ["metrics.rmse < 0.8"]',
      "      reason: true",
      "",
    ].join("\n"),
  );
  expect(policyText("no", { stages: [{ name: "Live", review: {} }] })).toContain('scope: "no"');
  const bare = policyText("wine", { stages: [{ name: "Live", review: {} }] });
  expect(bare).toContain("review:\n      approvals: 1"); // the usual number is said, too
});
