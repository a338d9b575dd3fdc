import { expect, test } from "vitest";
import { ago, duration, exact } from "./time";

test("moments are told from now", () => {
  const now = 1_700_000_000_000;
  expect(ago(now - 2_000, now)).toBe("just now");
  expect(ago(now - 65_000, now)).toBe("1 min. ago");
  expect(ago(now - 3 * 86_400_000, now)).toBe("3 days ago");
  expect(ago(now + 7_200_000, now)).toBe("in 2 hr.");
});

test("a moment beyond the calendar is shown as it was sent", () => {
  expect(exact(2 ** 62)).toBe(String(2 ** 62));
});

test.each([
  [999, "999 ms"],
  [1_500, "1.5 s"],
  [61_000, "1 min 1 s"],
  [3_661_000, "1 h 1 min"],
  [-1, "–"],
])("%d ms are %s", (time, text) => {
  expect(duration(time)).toBe(text);
});
