/** What became of many things that were done one by one. */
export interface Outcome<T> {
  readonly done: readonly T[];
  /** What was refused, and why; what was not tried is in neither. */
  readonly refused: readonly { readonly item: T; readonly problem: unknown }[];
}

const AT_ONCE = 6; // as many as a browser sends to one server

/** Do something for many things, some at a time; a refusal holds up none of the others. */
export async function forMany<T>(
  items: readonly T[],
  work: (item: T) => Promise<unknown>,
  onProgress: (tried: number) => void,
  signal: AbortSignal,
): Promise<Outcome<T>> {
  const done: T[] = [];
  const refused: { item: T; problem: unknown }[] = [];
  let next = 0;
  const lane = async () => {
    while (next < items.length && !signal.aborted) {
      const item = items[next++] as T;
      try {
        await work(item);
        done.push(item);
      } catch (problem) {
        refused.push({ item, problem });
      }
      onProgress(done.length + refused.length);
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, items.length) }, lane));
  return { done, refused };
}
