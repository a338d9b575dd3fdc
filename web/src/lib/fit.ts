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
