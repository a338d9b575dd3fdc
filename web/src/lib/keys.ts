/** What the keys of metrics of the computer begin with, as clients log them. */
export const SYSTEM = "system/";

/** Whether a key, or what stands for a group of keys, is of metrics of the computer. */
export const isSystem = (key: string) => key.startsWith(SYSTEM);

/** Keys that begin alike, up to their last slash. */
export interface KeyGroup {
  /** What they begin with, without the slash; empty for keys without one. */
  readonly prefix: string;
  readonly keys: readonly string[];
}

const order = new Intl.Collator("en", { numeric: true });

/** The keys in groups by prefix, both in order; those without a prefix come first. */
export function grouped(keys: Iterable<string>): KeyGroup[] {
  const groups = new Map<string, string[]>();
  for (const key of [...keys].sort(order.compare)) {
    const prefix = key.slice(0, Math.max(key.lastIndexOf("/"), 0));
    const group = groups.get(prefix);
    if (group) group.push(key);
    else groups.set(prefix, [key]);
  }
  return [...groups]
    .sort(([a], [b]) => order.compare(a, b))
    .map(([prefix, members]) => ({ prefix, keys: members }));
}

/** What stands for all keys of a group in a choice; a key cannot have a star. */
export const groupChoice = (prefix: string) => `${prefix}/*`;

/** Say whether a key is chosen, by itself or with its group. */
export function isChosen(chosen: ReadonlySet<string>, prefix: string, key: string): boolean {
  return chosen.has(key) || chosen.has(groupChoice(prefix));
}

/** Choose a key or leave it out; a group of which one is left out becomes its other keys. */
export function toggled(chosen: ReadonlySet<string>, group: KeyGroup, key: string): string[] {
  const next = new Set(chosen);
  const whole = groupChoice(group.prefix);
  if (next.delete(whole)) {
    for (const other of group.keys) if (other !== key) next.add(other);
  } else if (!next.delete(key)) {
    next.add(key);
    if (group.keys.length > 1 && group.keys.every((other) => next.has(other))) {
      return toggledGroup(next, group);
    }
  }
  return [...next];
}

/** Choose a whole group, or leave it out when all of it is chosen. */
export function toggledGroup(chosen: ReadonlySet<string>, group: KeyGroup): string[] {
  const next = new Set(chosen);
  const whole = groupChoice(group.prefix);
  for (const key of group.keys) next.delete(key);
  if (!next.delete(whole)) next.add(whole);
  return [...next];
}
