const BAR = 18; // pixels that a scroll bar and the edges take

/**
 * How wide columns of equal rank are: they share the room that there is, unless it is too little.
 *
 * @param room how wide the table is, in pixels; 0 when that is not known.
 * @param fixed how much of it other columns take.
 * @param count how many columns share the rest.
 * @param usual how wide they are where the table scrolls sideways anyway.
 */
export function fitted(room: number, fixed: number, count: number, usual: number): number {
  const each = Math.floor((room - fixed - BAR) / Math.max(count, 1));
  return each >= usual * LEAST ? Math.min(each, usual * MOST) : usual;
}

const LEAST = 0.7;
const MOST = 1.6;

/**
 * Columns that give way together where all can be seen then; else the table scrolls sideways, with
 * each as wide as it is meant to be.
 *
 * @param room how wide the table is, in pixels; 0 when that is not known.
 */
export function shrunk<C extends { readonly width: number; readonly least?: number }>(
  columns: readonly C[],
  room: number,
): readonly C[] {
  const least = ({ width, least = width }: C) => least;
  const wide = columns.reduce((sum, { width }) => sum + width, BAR);
  const narrow = columns.reduce((sum, one) => sum + least(one), BAR);
  if (room >= wide || room < narrow) return columns;
  const part = (room - narrow) / (wide - narrow);
  return columns.map((one) => ({
    ...one,
    width: Math.floor(least(one) + part * (one.width - least(one))),
  }));
}

/**
 * The columns for which there is room, as they stand; the first one takes what is left.
 *
 * @param room how wide the table is, in pixels; where that is little, it scrolls sideways instead.
 * @param spare the columns that can be left out, the first of which goes first.
 */
export function inRoom<C extends { readonly id: string; readonly width: number }>(
  columns: readonly C[],
  room: number,
  spare: readonly string[],
): readonly C[] {
  if (room < NARROW) return columns;
  const width = (some: readonly C[]) => some.reduce((sum, one) => sum + one.width, BAR);
  let kept = columns;
  for (const id of spare) {
    if (width(kept) <= room) break;
    kept = kept.filter((one) => one.id !== id);
  }
  const left = Math.max(room - width(kept), 0);
  return kept.map((one, i) => (i === 0 ? { ...one, width: one.width + left } : one));
}

const NARROW = 640; // pixels below which nothing of use would be left

/** A text of so many characters at most; a mark says where it goes on. */
export function cut(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, Math.max(most - 1, 1))}…` : text;
}
