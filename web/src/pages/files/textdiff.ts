const FAR = 600; // changes after which a search settles for what it has found

/** Lines that both texts have, or a stretch in which they differ. */
export interface Block {
  readonly same: boolean;
  /** Places of the lines in both texts, from and behind. */
  readonly a: readonly [number, number];
  readonly b: readonly [number, number];
}

/** Split a text into its lines; a line end at the end begins no further line. */
export function linesOf(text: string): string[] {
  const lines = text.split(/\r?\n/);
  if (lines.at(-1) === "") lines.pop();
  return lines;
}

/** How many lines a text has, without making them. */
export function countLines(text: string): number {
  let count = 0;
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) count += 1;
  return text && !text.endsWith("\n") ? count + 1 : count;
}

/**
 * The least changes that lead from some lines to others (Myers, in linear space).
 *
 * Where there is a great deal of them at one place they are few, not the least: the search would
 * take longer than anybody waits.
 *
 * Lines that only one side has can match nothing: they are left out first, so that texts without
 * much in common cost little.
 */
export function diffLines(before: readonly string[], after: readonly string[]): Block[] {
  const numbers = new Map<string, number>();
  const number = (line: string) => {
    const known = numbers.get(line) ?? numbers.size;
    numbers.set(line, known);
    return known;
  };
  const a = Int32Array.from(before, number);
  const b = Int32Array.from(after, number);
  const inA = counts(a, numbers.size);
  const inB = counts(b, numbers.size);
  const keptA = places(a, inB);
  const keptB = places(b, inA);
  const goneA = new Uint8Array(a.length).fill(1);
  const goneB = new Uint8Array(b.length).fill(1);
  const matched = (i: number, j: number) => {
    goneA[keptA[i] as number] = 0;
    goneB[keptB[j] as number] = 0;
  };
  const left = keptA.map((at) => a[at] as number);
  const right = keptB.map((at) => b[at] as number);
  new Search(left, right, matched).run();
  return blocks(goneA, goneB);
}

function counts(lines: Int32Array, kinds: number): Int32Array {
  const found = new Int32Array(kinds);
  for (const line of lines) found[line] = (found[line] ?? 0) + 1;
  return found;
}

function places(lines: Int32Array, others: Int32Array): Int32Array {
  const found: number[] = [];
  for (const [at, line] of lines.entries()) if (others[line]) found.push(at);
  return Int32Array.from(found);
}

function blocks(goneA: Uint8Array, goneB: Uint8Array): Block[] {
  const found: Block[] = [];
  let i = 0;
  let j = 0;
  while (i < goneA.length || j < goneB.length) {
    const [fromA, fromB] = [i, j];
    while (i < goneA.length && j < goneB.length && !goneA[i] && !goneB[j]) {
      i += 1;
      j += 1;
    }
    const same = i > fromA;
    if (!same) {
      while (i < goneA.length && goneA[i]) i += 1;
      while (j < goneB.length && goneB[j]) j += 1;
    }
    found.push({ same, a: [fromA, i], b: [fromB, j] });
  }
  return found;
}

/** Myers' search for a longest common subsequence, from both ends at once. */
class Search {
  private readonly forth: Int32Array;
  private readonly back: Int32Array;
  private readonly middle: number;

  constructor(
    private readonly a: Int32Array,
    private readonly b: Int32Array,
    private readonly matched: (i: number, j: number) => void,
  ) {
    this.middle = a.length + b.length + 1;
    this.forth = new Int32Array(2 * this.middle + 1);
    this.back = new Int32Array(2 * this.middle + 1);
  }

  run(): void {
    // A stack of its own: texts may differ so that calls in each other would go too deep.
    const todo: [number, number, number, number][] = [[0, this.a.length, 0, this.b.length]];
    for (let part = todo.pop(); part; part = todo.pop()) {
      let [a0, a1, b0, b1] = part;
      while (a0 < a1 && b0 < b1 && this.a[a0] === this.b[b0]) this.matched(a0++, b0++);
      while (a0 < a1 && b0 < b1 && this.a[a1 - 1] === this.b[b1 - 1]) this.matched(--a1, --b1);
      if (a0 === a1 || b0 === b1) continue;
      const [x, y] = this.split(a0, a1, b0, b1);
      todo.push([x, a1, y, b1], [a0, x, b0, y]);
    }
  }

  /** A point on a shortest path through a part, neither its beginning nor its end. */
  private split(a0: number, a1: number, b0: number, b1: number): [number, number] {
    const { a, b, forth, back, middle } = this;
    const n = a1 - a0;
    const m = b1 - b0;
    const delta = n - m;
    const odd = (delta & 1) !== 0;
    forth[middle + 1] = 0;
    back[middle + 1] = 0;
    for (let d = 0; ; d += 1) {
      for (let k = -d; k <= d; k += 2) {
        const [less, more] = [forth[middle + k - 1] as number, forth[middle + k + 1] as number];
        let x = k === -d || (k !== d && less < more) ? more : less + 1;
        let y = x - k;
        if (x > n || y > m || y < 0) {
          forth[middle + k] = x;
          continue;
        }
        while (x < n && y < m && a[a0 + x] === b[b0 + y]) {
          x += 1;
          y += 1;
        }
        forth[middle + k] = x;
        const other = delta - k;
        if (odd && other >= 1 - d && other <= d - 1 && x + (back[middle + other] as number) >= n) {
          return [a0 + x, b0 + y];
        }
      }
      for (let k = -d; k <= d; k += 2) {
        const [less, more] = [back[middle + k - 1] as number, back[middle + k + 1] as number];
        let x = k === -d || (k !== d && less < more) ? more : less + 1;
        let y = x - k;
        if (x > n || y > m || y < 0) {
          back[middle + k] = x;
          continue;
        }
        while (x < n && y < m && a[a1 - x - 1] === b[b1 - y - 1]) {
          x += 1;
          y += 1;
        }
        back[middle + k] = x;
        const other = delta - k;
        if (!odd && other >= -d && other <= d && x + (forth[middle + other] as number) >= n) {
          return [a1 - x, b1 - y];
        }
      }
      if (d >= FAR) return this.furthest(a0, b0, n, m, d);
    }
  }

  /** The point that lies furthest from the beginning after some steps. */
  private furthest(a0: number, b0: number, n: number, m: number, d: number): [number, number] {
    let best: [number, number] = [0, 0];
    for (let k = -d; k <= d; k += 2) {
      const x = Math.min(this.forth[this.middle + k] as number, n);
      const y = x - k;
      if (y >= 0 && y <= m && x + y > best[0] + best[1]) best = [x, y];
    }
    return [a0 + best[0], b0 + best[1]];
  }
}

/** How many lines were taken away and added. */
export function sizeOf(found: readonly Block[]): { removed: number; added: number } {
  let removed = 0;
  let added = 0;
  for (const { same, a, b } of found) {
    if (same) continue;
    removed += a[1] - a[0];
    added += b[1] - b[0];
  }
  return { removed, added };
}
