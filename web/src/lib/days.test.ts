import { expect, test } from "vitest";
import { DAYS, firstDay, lastDays } from "./days";

const NOON = Date.UTC(2026, 10, 28, 12);

test("the last days end with today, in UTC", () => {
  expect(firstDay(NOON)).toBe(Date.UTC(2026, 9, 30));
  const days = lastDays([], NOON);
  expect(days).toHaveLength(DAYS);
  expect([days[0]?.day, days.at(-1)?.day]).toEqual(["2026-10-30", "2026-11-28"]);
  expect(lastDays([], Date.UTC(2026, 10, 28)).at(-1)?.day).toBe("2026-11-28");
});

test("days that are told of have their counts, and others none", () => {
  const told = [
    { day: "2026-11-28", count: 3 },
    { day: "2026-11-01", count: 1 },
    { day: "2026-01-01", count: 9 },
  ];
  const found = lastDays(told, NOON).filter(({ count }) => count > 0);
  expect(found).toEqual([
    { day: "2026-11-01", count: 1 },
    { day: "2026-11-28", count: 3 },
  ]);
});
