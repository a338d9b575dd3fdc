/** A line of a patch: what it is, and its numbers in the old and the new file. */
export interface PatchLine {
  readonly kind: "same" | "removed" | "added" | "hunk" | "note";
  readonly text: string;
  readonly before?: number;
  readonly after?: number;
}

/** What a patch does to a file. */
export interface PatchFile {
  readonly name: string;
  readonly lines: readonly PatchLine[];
  readonly removed: number;
  readonly added: number;
}

/** Read what `git diff` prints; what is not understood stays as a note. */
export function parsePatch(text: string): PatchFile[] {
  const files: { name: string; lines: PatchLine[] }[] = [];
  let [before, after] = [0, 0]; // numbers of the next lines
  let [leftBefore, leftAfter] = [0, 0]; // lines that the hunk still has
  for (const line of text.replace(/\n$/, "").split("\n")) {
    const start = /^diff --git "?a\/(.*?)"? "?b\/(.*?)"?$/.exec(line);
    if (start && leftBefore <= 0 && leftAfter <= 0) {
      files.push({ name: start[2] ?? line, lines: [] });
      continue;
    }
    if (!files.length) files.push({ name: "", lines: [] });
    const lines = (files.at(-1) as { lines: PatchLine[] }).lines;
    const hunk = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/.exec(line);
    if (hunk && leftBefore <= 0 && leftAfter <= 0) {
      [before, after] = [Number(hunk[1]), Number(hunk[3])];
      [leftBefore, leftAfter] = [Number(hunk[2] ?? 1), Number(hunk[4] ?? 1)];
      lines.push({ kind: "hunk", text: line });
    } else if (leftBefore > 0 || leftAfter > 0) {
      const rest = line.slice(1);
      if (line.startsWith("-")) {
        lines.push({ kind: "removed", text: rest, before: before++ });
        leftBefore -= 1;
      } else if (line.startsWith("+")) {
        lines.push({ kind: "added", text: rest, after: after++ });
        leftAfter -= 1;
      } else if (line.startsWith("\\")) lines.push({ kind: "note", text: rest.trim() });
      else {
        lines.push({ kind: "same", text: rest, before: before++, after: after++ });
        leftBefore -= 1;
        leftAfter -= 1;
      }
    } else if (line.startsWith("\\ ")) {
      lines.push({ kind: "note", text: line.slice(2) });
    } else if (line && !/^(index |--- |\+\+\+ )/.test(line)) {
      lines.push({ kind: "note", text: line });
    }
  }
  return files.map(({ name, lines }) => ({
    name,
    lines,
    removed: lines.filter((l) => l.kind === "removed").length,
    added: lines.filter((l) => l.kind === "added").length,
  }));
}
