import { expect, test } from "vitest";
import { foldersOf, isText, kindOf, linked, visible } from "./kinds";

test("names tell how files are shown", () => {
  const kinds = {
    "plots/roc.PNG": "image",
    "x.svg": "image",
    "model/MLmodel": "model",
    "model/model.pkl": "unknown",
    "a.b/Dockerfile": "text",
    "data.parquet": "parquet",
    "no-ending": "unknown",
    "a.html": "html",
    ".env": "text",
  };
  for (const [path, kind] of Object.entries(kinds)) expect(kindOf(path), path).toBe(kind);
});

test("links lead to files beside, and nowhere else", () => {
  expect(linked("docs/a.md", "b%20c.png")).toBe("docs/b c.png");
  expect(linked("docs/a.md", "../x.md#top")).toBe("x.md");
  for (const link of [
    "../../x",
    "/etc/passwd",
    "//host/x",
    "https://host/x",
    "javascript:alert(1)",
    "JavaScript:alert(1)",
    "data:text/html,x",
    "#top",
    "%",
    "..",
  ]) {
    expect(linked("docs/a.md", link), link).toBeUndefined();
  }
});

test("names show what could deceive", () => {
  expect(visible("invoice\u202egnp.exe")).toBe("invoice⟨U+202E⟩gnp.exe");
  expect(visible("é – 模型 🍷.txt")).toBe("é – 模型 🍷.txt");
});

test("folders of a path come outermost first", () => {
  expect(foldersOf("a/b/c.txt")).toEqual(["a", "a/b"]);
  expect(foldersOf("c.txt")).toEqual([]);
});

test("bytes are text unless they are not UTF-8 or hold a zero", () => {
  expect(isText(new TextEncoder().encode("café"))).toBe(true);
  expect(isText(new TextEncoder().encode("café").slice(0, 4))).toBe(true);
  expect(isText(Uint8Array.of(1, 0, 2))).toBe(false);
  expect(isText(Uint8Array.of(0x80, 0x81))).toBe(false);
});
