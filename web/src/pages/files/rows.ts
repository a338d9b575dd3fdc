import type { Entry, Listing, Owner } from "../../api/files";
import type { TreeRow } from "../../components/VirtualTree";

/** Something whose files are shown: the run or the version, or a logged model of the run. */
export interface Root {
  /** The logged model's id; empty for the run or version itself. */
  readonly of: string;
  readonly name: string;
  readonly owner: Owner;
}

export interface FileRow extends TreeRow {
  readonly root: Root;
  /** Undefined for a root, and for a note. */
  readonly entry?: Entry | undefined;
  readonly note?: "loading" | "failed";
}

export type Found = ReadonlyMap<string, { data?: Listing | undefined; isError: boolean }>;

/** The key of a file or a folder among those of all roots. */
export const keyOf = (of: string, path: string) => `${of}|${path}`;

/** The rows of the tree: what open folders hold, below them. */
export function treeRows(roots: readonly Root[], open: ReadonlySet<string>, found: Found) {
  const rows: FileRow[] = [];
  const [first, ...others] = roots;
  if (!first) return rows;
  const inside = (root: Root, path: string, level: number, more: number) => {
    const key = keyOf(root.of, path);
    const known = found.get(key);
    const entries = known?.data?.entries;
    if (!entries) {
      const note = known?.isError ? "failed" : "loading";
      rows.push({ key: `${key} ${note}`, level, place: 1, siblings: 1 + more, root, note });
      return 1;
    }
    const siblings = entries.length + more;
    for (const [i, entry] of entries.entries()) {
      const mine = keyOf(root.of, entry.path);
      const isOpen = entry.folder ? open.has(mine) : undefined;
      rows.push({ key: mine, level, open: isOpen, place: i + 1, siblings, root, entry });
      if (isOpen) inside(root, entry.path, level + 1, 0);
    }
    return entries.length;
  };
  const own = inside(first, "", 1, others.length);
  for (const [i, root] of others.entries()) {
    const key = keyOf(root.of, "");
    const isOpen = open.has(key);
    const place = own + i + 1;
    rows.push({ key, level: 1, open: isOpen, place, siblings: own + others.length, root });
    if (isOpen) inside(root, "", 2, 0);
  }
  return rows;
}
