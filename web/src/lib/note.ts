import { bytes, hex, same, sha256, type Tree } from "./merkle";

/** A public key as `name+id+base64` writes it. */
interface Key {
  readonly name: string;
  readonly id: Uint8Array;
  readonly raw: Uint8Array<ArrayBuffer>;
}

/** What a checkpoint, a C2SP signed note, states. */
export interface Checkpoint extends Tree {
  /** When it was signed, in milliseconds since 1970; 0 when it does not say. */
  readonly time: number;
}

/** What is known of a signature: a browser may be too old to compute Ed25519. */
export type Signature = "good" | "bad" | "unknown";

const utf8 = new TextEncoder();
const ED25519 = 1;

async function readKey(text: string): Promise<Key | undefined> {
  const [name, digits, ...rest] = text.split("+");
  const raw = bytes(rest.join("+")); // base64 has plus signs too
  if (!name || !digits || raw?.length !== 33 || raw[0] !== ED25519) return undefined;
  const id = (await sha256(utf8.encode(`${name}\n`), raw)).slice(0, 4);
  return hex(id) === digits ? { name, id, raw: raw.slice(1) } : undefined;
}

/** Read what a note states, whoever signed it; undefined when it is no checkpoint of this log. */
export function readCheckpoint(note: string, key: string): Checkpoint | undefined {
  const [origin, number = "", encoded = "", ...rest] = textOf(note).split("\n");
  const root = bytes(encoded);
  if (origin !== key.split("+")[0] || !/^[1-9]\d*$/.test(number) || root?.length !== 32) {
    return undefined;
  }
  const time = rest.find((line) => line.startsWith("time "))?.slice(5) ?? "";
  return { size: Number(number), root, time: /^\d+$/.test(time) ? Number(time) : 0 };
}

/** The text of a note, without its signatures and the empty line before them. */
const textOf = (note: string) => note.slice(0, Math.max(note.lastIndexOf("\n\n"), 0));

/** Say whether a key has signed a note. */
export async function signatureOf(note: string, key: string): Promise<Signature> {
  const by = await readKey(key);
  if (!by) return "bad";
  const text = textOf(note);
  const head = `\u2014 ${by.name} `;
  for (const line of note.slice(text.length).split("\n")) {
    if (!line.startsWith(head)) continue;
    const raw = bytes(line.slice(head.length));
    if (raw?.length !== 68 || !same(raw.slice(0, 4), by.id)) continue;
    let known: CryptoKey;
    try {
      known = await crypto.subtle.importKey("raw", by.raw, "Ed25519", false, ["verify"]);
    } catch {
      return "unknown";
    }
    const message = utf8.encode(`${text}\n`);
    if (await crypto.subtle.verify("Ed25519", known, raw.slice(4), message)) return "good";
  }
  return "bad";
}
