import { expect, test } from "vitest";
import { FEW, isBegun, isWhole, readIds, SOME, writtenIds } from "./runIds";

const id = (n: number) =>
  (BigInt(n) * 0x1234567890abcdef1234567890abcdefn).toString(16).padStart(32, "0").slice(-32);
const ids = (n: number) => Array.from({ length: n }, (_, i) => id(i));

test("whatever an address names comes back from it, in its order", () => {
  for (const n of [0, 1, 2, FEW, FEW + 1, FEW + 2, FEW + 3, SOME, SOME + 1, 100]) {
    const all = ids(n).reverse();
    expect(readIds(writtenIds(all))).toEqual(all);
  }
  expect(readIds(undefined)).toEqual([]);
});

test("few runs are named as they are, some packed, many by what is known to mean them", () => {
  expect(writtenIds(ids(2))).toBe(ids(2).join(","));
  const short = new Map(ids(100).map((one) => [one, one.slice(0, 12)]));
  expect(writtenIds(ids(FEW), short)).toBe(ids(FEW).join(","));
  const some = writtenIds(ids(SOME), short);
  expect(some).toMatch(/^\.[\w-]+$/); // nothing of it is escaped in an address
  expect(some.length).toBeLessThan(1300);
  expect(readIds(some)).toEqual(ids(SOME));
  const many = writtenIds(ids(100), short);
  expect(many.split(",").every((one) => one.length === 12)).toBe(true);
  expect(new URLSearchParams({ runs: many }).toString().length).toBeLessThan(1510);
});

test("an address is read without trust", () => {
  expect(readIds("a,,a,b")).toEqual(["a", "b"]);
  expect(readIds(".")).toEqual([]);
  expect(readIds(".?? ")).toEqual([]);
  expect(readIds(`${writtenIds(ids(40)).slice(0, -5)}`)).toEqual(ids(39)); // its end was cut off
  expect(["abc", "ABCDEF12", "12345678 ", id(3), "12345678"].map(isBegun)).toEqual([
    false,
    false,
    false,
    true,
    true,
  ]);
  expect(isWhole("12345678")).toBe(false);
});
