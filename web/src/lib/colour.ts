/** Tokens of ten colours that people with any colour vision tell apart; see tokens.css. */
export const PALETTE = Array.from({ length: 10 }, (_, i) => `--run-${i}`);

/** How the lines of a second, third and fourth ten differ from those of the first. */
const DASHES: readonly (readonly number[] | undefined)[] = [
  undefined,
  [6, 3],
  [2, 2],
  [8, 3, 2, 3],
];

/** The look of a run wherever it is drawn. */
export interface Stroke {
  readonly colour: string;
  readonly dash: readonly number[] | undefined;
}

/** The colour of something, the same wherever and whenever it is shown. */
export function colourOf(id: string): string {
  return PALETTE[place(id)] as string;
}

/** Different looks for several things: each has its own colour, or the next that is free. */
export function strokesOf(ids: readonly string[]): Map<string, Stroke> {
  const found = new Map<string, Stroke>();
  let free = new Set(PALETTE.keys());
  for (const id of ids) {
    if (found.has(id)) continue;
    if (!free.size) free = new Set(PALETTE.keys());
    let at = place(id);
    while (!free.has(at)) at = (at + 1) % PALETTE.length;
    free.delete(at);
    const round = Math.floor(found.size / PALETTE.length) % DASHES.length;
    found.set(id, { colour: PALETTE[at] as string, dash: DASHES[round] });
  }
  return found;
}

function place(id: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < id.length; i += 1) {
    hash = Math.imul(hash ^ id.charCodeAt(i), 0x01000193);
  }
  return (hash >>> 0) % PALETTE.length;
}
