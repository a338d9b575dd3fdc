import { expect, test } from "vitest";
import { bytes, count, grouped, short, shortText, tick } from "./number";

test.each([
  [0.123456, "0.1235"],
  [-0.5, "−0.5"],
  [1234567, "1\u2009234\u2009567"],
  [0.00001234, "1.234e−5"],
  [12345678.9, "1.235e7"],
  [100, "100"],
  ["NaN", "NaN"],
  ["-Infinity", "−∞"],
  [2 ** 60, "1.153e18"],
] as const)("%s is written as %s", (value, text) => {
  expect(short(value)).toBe(text);
});

test("sizes and counts are written for people", () => {
  expect(bytes(512)).toBe("512 B");
  expect(bytes(1536)).toBe("1.50 KiB");
  expect(count(1, "run")).toBe("1 run");
  expect(count(1200, "run")).toBe("1\u2009200 runs");
  expect(grouped(-1000)).toBe("−1\u2009000");
});

test("at an axis large numbers are short", () => {
  expect([0, 2500, 1e6, -25e8, 0.5].map(tick)).toEqual(["0", "2\u2009500", "1e6", "−2.5e9", "0.5"]);
});

test("a text that is a number with many digits has four of them", () => {
  expect(shortText("0.7000000000000001")).toBe("0.7");
  expect(shortText("-12.345678")).toBe("−12.35");
  expect(shortText("1.234567e-07")).toBe("1.235e−7");
  for (const text of ["0.7", "1234567890", "1.2.345678", "v0.1234567", "", "0.12345 "])
    expect(shortText(text)).toBe(text);
});
