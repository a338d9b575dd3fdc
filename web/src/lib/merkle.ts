/** Hashes of 32 bytes; the tree is RFC 6962's, and so are its proofs. */
export type Hash = Uint8Array<ArrayBuffer>;

/** Say whether this browser computes hashes here: it does over https, and on the machine itself. */
export const canHash = () => globalThis.crypto?.subtle !== undefined;

export async function sha256(...parts: Uint8Array[]): Promise<Hash> {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return new Uint8Array(await crypto.subtle.digest("SHA-256", all));
}

const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);

export const leafHash = (entry: string) => sha256(LEAF, new TextEncoder().encode(entry));
export const nodeHash = (left: Uint8Array, right: Uint8Array) => sha256(NODE, left, right);

/** Read base64, strictly; undefined for what is none. */
export function bytes(base64: string): Hash | undefined {
  try {
    return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  } catch {
    return undefined;
  }
}

export const hex = (raw: Uint8Array) =>
  Array.from(raw, (byte) => byte.toString(16).padStart(2, "0")).join("");

export const same = (one: Uint8Array, other: Uint8Array) => hex(one) === hex(other);

/** Half of a number, also above what bit operators take. */
const half = (number: number) => Math.floor(number / 2);

/** The root of the tree in which a leaf is, by its proof (RFC 9162, 2.1.3.2); undefined for none. */
export async function rootWith(
  leaf: Uint8Array,
  index: number,
  size: number,
  proof: readonly Uint8Array[],
): Promise<Uint8Array | undefined> {
  if (!(index >= 0 && index < size)) return undefined;
  let node = index;
  let last = size - 1;
  let root = leaf;
  for (const other of proof) {
    if (last === 0 || other.length !== 32) return undefined;
    if (node % 2 === 1 || node === last) {
      root = await nodeHash(other, root);
      while (node % 2 === 0 && node > 0) {
        node = half(node);
        last = half(last);
      }
    } else {
      root = await nodeHash(root, other);
    }
    node = half(node);
    last = half(last);
  }
  return last === 0 ? root : undefined;
}

/** A tree as a checkpoint states it. */
export interface Tree {
  readonly size: number;
  readonly root: Uint8Array;
}

/** Say whether a tree is an older tree continued (RFC 9162, 2.1.4.2). */
export async function continues(
  old: Tree,
  now: Tree,
  proof: readonly Uint8Array[],
): Promise<boolean> {
  if (!(old.size > 0 && old.size <= now.size)) return false;
  if (old.size === now.size) return proof.length === 0 && same(old.root, now.root);
  const isPower = 2 ** Math.round(Math.log2(old.size)) === old.size;
  const [start, ...others] = isPower ? [old.root, ...proof] : proof;
  if (!start) return false;
  let node = old.size - 1;
  let last = now.size - 1;
  while (node % 2 === 1) {
    node = half(node);
    last = half(last);
  }
  let [first, second] = [start, start];
  for (const other of others) {
    if (last === 0 || other.length !== 32) return false;
    if (node % 2 === 1 || node === last) {
      first = await nodeHash(other, first);
      second = await nodeHash(other, second);
      while (node % 2 === 0 && node > 0) {
        node = half(node);
        last = half(last);
      }
    } else {
      second = await nodeHash(second, other);
    }
    node = half(node);
    last = half(last);
  }
  return last === 0 && same(first, old.root) && same(second, now.root);
}
