/** Days of UTC, as a server counts them. */
export const DAYS = 30;
const DAY = 86_400_000;

/** When the first of the last days began. */
export function firstDay(now = Date.now()): number {
  return (Math.floor(now / DAY) - DAYS + 1) * DAY;
}

export interface DayCount {
  /** As `2026-11-28`. */
  readonly day: string;
  readonly count: number;
}

/** The last days up to today, oldest first, with nothing on those that are not told of. */
export function lastDays(told: readonly Partial<DayCount>[], now = Date.now()): DayCount[] {
  const counts = new Map(told.map(({ day, count }) => [day, count]));
  return Array.from({ length: DAYS }, (_, i) => {
    const day = new Date(firstDay(now) + i * DAY).toISOString().slice(0, 10);
    return { day, count: counts.get(day) ?? 0 };
  });
}
