import { expect, test } from "vitest";
import {
  type HeaderRow,
  headerProblems,
  headersChanged,
  headersOf,
  keptRows,
  movesAway,
  oneMore,
} from "./hookHeaders";

const row = (name: string, value = "v"): HeaderRow => ({ id: 0, name, value, kept: false });
const ofName = (name: string) => headerProblems([row(name)], false, true)[0]?.name;
const ofValue = (value: string) => headerProblems([row("X-Team", value)], false, true)[0]?.value;

test("names that cannot be a header's, or are not one's own to set, are found", () => {
  for (const name of ["X-Team", "x", "!#$%&'*+-.^_`|~9", "Cookie", "te2", "x".repeat(100)])
    expect(ofName(name)).toBeUndefined();
  for (const name of ["X Team", "X:", "X\r\nY", "Té", "X\0", "Ⅹ", "A: b"])
    expect(ofName(name)).toBe("badName");
  for (const name of ["Host", "TE", "content-type", "Webhook-Id", "CE-x", "X-MLflow-Signature"])
    expect(ofName(name)).toBe("notYours");
  expect(ofName("AUTHORIZATION")).toBe("own");
  expect(ofName("x".repeat(101))).toBe("longName");
  expect(ofName("")).toBe("noName");
});

test("values that a header cannot carry are found", () => {
  for (const value of ["v", "a b", "~!\"'", "v".repeat(4096), " spaces around "])
    expect(ofValue(value)).toBeUndefined();
  for (const value of ["a\r\nHost: b", "a\n", "\0", "\t", "é", "\x7f"])
    expect(ofValue(value)).toBe("badValue");
  expect(ofValue("v".repeat(4097))).toBe("longValue");
  expect(ofValue("")).toBe("noValue");
});

test("a name stands once, whatever its case", () => {
  const found = headerProblems([row("X-Team"), row("y"), row("x-team")], false, false);
  expect(found).toEqual([{}, {}, { name: "twice" }]);
});

test("what is not written yet is wrong only when it is to be sent; an empty row never is", () => {
  const rows = [row("X-Team", ""), row("", "v"), row("", "")];
  expect(headerProblems(rows, false, false)).toEqual([{}, {}, {}]);
  expect(headerProblems(rows, false, true)).toEqual([{ value: "noValue" }, { name: "noName" }, {}]);
  expect(headersOf([row("", "")])).toEqual([]);
});

test("a value that is kept is not sent, and does not follow to another host", () => {
  const rows = oneMore(keptRows(["X-Team", "X-Key"]));
  expect(rows.map(({ id }) => id)).toEqual([0, 1, 2]);
  expect(headersChanged(rows, ["X-Team", "X-Key"])).toBe(false); // the empty one is none
  expect(headersChanged(rows.slice(0, 2), ["X-Team", "X-Key"])).toBe(false);
  expect(headersChanged(rows.slice(0, 1), ["X-Team", "X-Key"])).toBe(true);
  const written = rows.map((one) => (one.id === 1 ? { ...one, value: " new " } : one));
  expect(headersOf(written)).toEqual([{ name: "X-Team" }, { name: "X-Key", value: "new" }]);
  expect(headerProblems(written, true, true)).toEqual([{ value: "moved" }, {}, {}]);
  expect(headerProblems(written, false, true)).toEqual([{}, {}, {}]);
});

test("a URL moves away with its scheme, host or port, and not with its path or case", () => {
  const from = "https://hooks.example.com/x?y";
  for (const to of ["https://HOOKS.example.com/other", "HTTPS://hooks.example.com?z"])
    expect(movesAway(from, to)).toBe(false);
  for (const to of ["http://hooks.example.com/x?y", "https://hooks.example.com:444/x", "https://b"])
    expect(movesAway(from, to)).toBe(true);
});
