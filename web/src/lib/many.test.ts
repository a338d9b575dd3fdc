import { expect, test } from "vitest";
import { forMany } from "./many";

test("a refusal holds up none of the others", async () => {
  const seen: number[] = [];
  const work = async (item: number) => {
    if (item % 3 === 0) throw new Error(`no ${item}`);
  };
  const items = [1, 2, 3, 4, 5, 6, 7, 8];
  const { done, refused } = await forMany(
    items,
    work,
    (n) => seen.push(n),
    new AbortController().signal,
  );
  expect([...done].sort()).toEqual([1, 2, 4, 5, 7, 8]);
  expect(refused.map(({ item }) => item)).toEqual([3, 6]);
  expect(seen).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
});

test("never more than six are under way", async () => {
  let now = 0;
  let most = 0;
  const work = async () => {
    most = Math.max(most, ++now);
    await new Promise((done) => setTimeout(done));
    now -= 1;
  };
  await forMany(Array.from({ length: 20 }), work, () => undefined, new AbortController().signal);
  expect(most).toBe(6);
});

test("what was not begun when it is stopped is not tried", async () => {
  const control = new AbortController();
  const work = async (item: number) => {
    if (item === 2) control.abort();
  };
  const items = Array.from({ length: 50 }, (_, i) => i);
  const { done, refused } = await forMany(items, work, () => undefined, control.signal);
  expect(done.length).toBeLessThan(12);
  expect(refused).toEqual([]);
});
