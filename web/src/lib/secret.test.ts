import { expect, test } from "vitest";
import { newPassword, newSecret } from "./secret";

test("a secret for signing is 32 bytes in base64, each time another", () => {
  const one = newSecret();
  expect(one).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
  expect(newSecret()).not.toBe(one);
});

test("a password is long, and has no letters that look alike", () => {
  const one = newPassword();
  expect(one).toMatch(/^[a-km-zA-HJ-NP-Z2-9]{20}$/);
  expect(newPassword()).not.toBe(one);
});
