/** A part of a list that can be opened: a head, and the rows below it. */
export interface Part {
  readonly rows: number;
  readonly open: boolean;
}

/** Where a place of a list with open parts is. */
export interface Spot {
  readonly part: number;
  /** Which of the part's rows; undefined for its head. */
  readonly row: number | undefined;
}

/** A list of parts one below the other, by the places that it has when some are open. */
export class Outline {
  private readonly starts: readonly number[];
  readonly length: number;

  constructor(private readonly parts: readonly Part[]) {
    let at = 0;
    this.starts = parts.map(({ rows, open }) => {
      const start = at;
      at += 1 + (open ? rows : 0);
      return start;
    });
    this.length = at;
  }

  at(place: number): Spot | undefined {
    if (place < 0 || place >= this.length) return undefined;
    let low = 0;
    let high = this.starts.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((this.starts[middle] as number) <= place) low = middle;
      else high = middle - 1;
    }
    const row = place - (this.starts[low] as number) - 1;
    return { part: low, row: row < 0 ? undefined : row };
  }

  /** The rows of open parts between two places, by part: from the first to the last. */
  *between(first: number, last: number): Generator<{ part: number; first: number; last: number }> {
    const begin = this.at(first);
    for (let part = begin?.part ?? this.parts.length; part < this.parts.length; part += 1) {
      const start = (this.starts[part] as number) + 1;
      const { rows, open } = this.parts[part] as Part;
      if (start > last + 1) return;
      const from = Math.max(first - start, 0);
      const to = Math.min(last - start, rows - 1);
      if (open && from <= to) yield { part, first: from, last: to };
    }
  }
}
