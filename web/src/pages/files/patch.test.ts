import { expect, test } from "vitest";
import { parsePatch } from "./patch";

const PATCH = `diff --git a/train.py b/train.py
index 1..2 100644
--- a/train.py
+++ b/train.py
@@ -1,3 +1,3 @@ def main():
 keep
--- a comment of SQL
+++ and more
 end
\\ No newline at end of file
diff --git a/model.bin b/model.bin
new file mode 100644
GIT binary patch
`;

test("a patch is read file by file, with the numbers of its lines", () => {
  const [train, model] = parsePatch(PATCH);
  expect([train?.name, train?.removed, train?.added]).toEqual(["train.py", 1, 1]);
  expect(train?.lines).toEqual([
    { kind: "hunk", text: "@@ -1,3 +1,3 @@ def main():" },
    { kind: "same", text: "keep", before: 1, after: 1 },
    { kind: "removed", text: "-- a comment of SQL", before: 2 },
    { kind: "added", text: "++ and more", after: 2 },
    { kind: "same", text: "end", before: 3, after: 3 },
    { kind: "note", text: "No newline at end of file" },
  ]);
  expect(model?.lines.map((line) => line.text)).toEqual([
    "new file mode 100644",
    "GIT binary patch",
  ]);
});

test("what is no patch is shown as it is", () => {
  expect(parsePatch("hello\nworld")).toEqual([
    {
      name: "",
      removed: 0,
      added: 0,
      lines: [
        { kind: "note", text: "hello" },
        { kind: "note", text: "world" },
      ],
    },
  ]);
});
