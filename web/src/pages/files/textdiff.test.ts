import { expect, test } from "vitest";
import { countLines, diffLines, linesOf, sizeOf } from "./textdiff";

/** The length of a longest common subsequence, by the table that everyone can check. */
function common(a: readonly string[], b: readonly string[]): number {
  const table = Array.from({ length: a.length + 1 }, () => new Array<number>(b.length + 1).fill(0));
  for (let i = 1; i <= a.length; i += 1) {
    for (let j = 1; j <= b.length; j += 1) {
      const row = table[i] as number[];
      const above = table[i - 1] as number[];
      row[j] =
        a[i - 1] === b[j - 1]
          ? (above[j - 1] as number) + 1
          : Math.max(above[j] as number, row[j - 1] as number);
    }
  }
  return table[a.length]?.[b.length] as number;
}

/** A generator of numbers that is the same in every run. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

function rebuilt(a: readonly string[], b: readonly string[]) {
  const found = diffLines(a, b);
  let [i, j] = [0, 0];
  for (const block of found) {
    expect([block.a[0], block.b[0]]).toEqual([i, j]);
    [i, j] = [block.a[1], block.b[1]];
    if (block.same) expect(a.slice(...block.a)).toEqual(b.slice(...block.b));
  }
  expect([i, j]).toEqual([a.length, b.length]);
  return found;
}

test("the changes are right and as few as there can be", () => {
  for (let seed = 0; seed < 300; seed += 1) {
    const random = numbers(seed);
    const text = (length: number) =>
      Array.from({ length }, () => "abcdef"[random(2 + (seed % 5))] as string);
    const [a, b] = [text(random(30)), text(random(30))];
    const { removed, added } = sizeOf(rebuilt(a, b));
    const shared = common(a, b);
    expect([removed, added], `${a} ${b}`).toEqual([a.length - shared, b.length - shared]);
  }
});

test("what changes in a text is said line by line", () => {
  const a = linesOf("one\ntwo\nthree\n");
  const b = linesOf("one\r\n2\r\nthree\r\nfour");
  expect(diffLines(a, b)).toEqual([
    { same: true, a: [0, 1], b: [0, 1] },
    { same: false, a: [1, 2], b: [1, 2] },
    { same: true, a: [2, 3], b: [2, 3] },
    { same: false, a: [3, 3], b: [3, 4] },
  ]);
  expect(diffLines([], [])).toEqual([]);
  expect(diffLines(["x"], [])).toEqual([{ same: false, a: [0, 1], b: [0, 0] }]);
});

test.each(["", "a", "a\n", "a\nb", "\n", "\n\n", "a\r\nb\r\n", "a\n\nb"])(
  "the lines of %j are counted",
  (text) => {
    expect(countLines(text)).toBe(linesOf(text).length);
  },
);

interface Spent {
  user: number; // µs
  system: number;
}
/** Node's, of which the pages know nothing. */
declare const process: { cpuUsage: (since?: Spent) => Spent };

test("two texts of 5,000 lines take less than 300 ms, however they differ", () => {
  const random = numbers(7);
  const lines = Array.from({ length: 5000 }, (_, i) => `${i % 400} = ${random(300)}`);
  const edited = lines.flatMap((line) => (random(10) ? [line] : [`${line}!`, "new"]));
  const shuffled = [...lines].sort(() => random(3) - 1);
  const other = lines.map((_, i) => `other ${i}`);
  for (const text of [edited, other, shuffled, lines]) {
    const times = [1, 2, 3].map(() => {
      const start = process.cpuUsage(); // of a busy machine the clock says little
      diffLines(lines, text);
      const { user, system } = process.cpuUsage(start);
      return (user + system) / 1000;
    });
    expect(Math.min(...times)).toBeLessThan(300);
    rebuilt(lines, text);
  }
});
