/** Values at places of a plane; both places are from 0 to 1. */
export interface Spots {
  readonly x: readonly number[];
  readonly y: readonly number[];
  readonly z: readonly number[];
}

/** The field is this even around each spot, so that one far off is no peak of its own. */
const NEAR = 1e-5;

/** What lies at a place: the mean of all values, of which the near ones count most. */
export function valueBetween({ x, y, z }: Spots, atX: number, atY: number): number {
  let sum = 0;
  let weights = 0;
  for (let i = 0; i < z.length; i += 1) {
    const away = ((x[i] as number) - atX) ** 2 + ((y[i] as number) - atY) ** 2;
    const weight = 1 / (away * away + NEAR);
    sum += weight * (z[i] as number);
    weights += weight;
  }
  return weights ? sum / weights : Number.NaN;
}

/** A grid of values, row by row from the bottom. */
export interface Field {
  readonly columns: number;
  readonly rows: number;
  readonly values: Float64Array;
}

/**
 * Where a field has a level, as pieces x, y, x, y, NaN, NaN, … in columns and rows.
 *
 * Each square between four values is cut where its edges cross the level.
 */
export function levelLine({ columns, rows, values }: Field, level: number): number[] {
  const path: number[] = [];
  const value = (i: number, j: number) => values[j * columns + i] as number;
  for (let j = 0; j < rows - 1; j += 1) {
    for (let i = 0; i < columns - 1; i += 1) {
      const corners = [
        [i, j],
        [i + 1, j],
        [i + 1, j + 1],
        [i, j + 1],
      ] as const;
      const cuts: number[] = [];
      for (const [k, [fromX, fromY]] of corners.entries()) {
        const [toX, toY] = corners[(k + 1) % 4] as readonly [number, number];
        const [from, to] = [value(fromX, fromY), value(toX, toY)];
        if (from < level === to < level) continue;
        const share = (level - from) / (to - from);
        cuts.push(fromX + share * (toX - fromX), fromY + share * (toY - fromY));
      }
      // A saddle has four cuts, which are two pieces.
      for (let k = 0; k + 3 < cuts.length; k += 4) {
        path.push(...cuts.slice(k, k + 4), Number.NaN, Number.NaN);
      }
    }
  }
  return path;
}
