import type { Loads } from "../api/schema.gen";

/** How often a user has loaded something, when for the first time and when last. */
export interface UserLoads {
  readonly user: string;
  readonly count: number;
  readonly first: number;
  readonly last: number;
}

/**
 * What users have loaded between two moments, who loaded last first.
 *
 * @param loads of a user on a day each, which stand whole where the day's last load does.
 */
export function loadsBetween(loads: readonly Loads[], from: number, behind: number): UserLoads[] {
  const found = new Map<string, UserLoads>();
  for (const { user_id: user = "", count, first, last } of loads) {
    if (last < from || last >= behind) continue;
    const known = found.get(user);
    found.set(user, {
      user,
      count: (known?.count ?? 0) + count,
      first: Math.min(known?.first ?? first, first),
      last: Math.max(known?.last ?? last, last),
    });
  }
  return [...found.values()].sort((a, b) => b.last - a.last);
}
