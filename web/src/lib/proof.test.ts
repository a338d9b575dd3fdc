import { describe, expect, test } from "vitest";
import { bytes, continues, nodeHash, rootWith, type Tree } from "./merkle";
import { readCheckpoint, signatureOf } from "./note";
import { check, type Evidence, eventOf, toKeep } from "./proof";
import * as fixture from "./proof.fixture";

const { entry, inclusion, checkpoint, kept, consistency } = fixture;
const known = checkpoint.key;
const whole: Evidence = { entry, inclusion, checkpoint, known, kept, consistency };

/** What was found, as `what: state`. */
const found = async (given: Evidence) =>
  Object.fromEntries((await check(given)).map(({ what, state }) => [what, state]));

const ALL_GOOD = {
  entry: "good",
  texts: "good",
  path: "good",
  signature: "good",
  key: "good",
  kept: "good",
};

/** Another letter somewhere in the middle of a base64 text. */
const bent = (text: string) => `${text.slice(0, 9)}${text[9] === "A" ? "B" : "A"}${text.slice(10)}`;
const entryText = entry.entry ?? "";
const proofs = inclusion.proof;

describe("the checker", () => {
  test("holds for what the server has written", async () => {
    expect(await found(whole)).toEqual(ALL_GOOD);
  });

  test("counts what it has seen", async () => {
    const [, texts, path, signature] = await check(whole);
    expect(texts).toMatchObject({ count: 1, erased: 0 });
    expect(path).toMatchObject({ count: 3, value: "7" });
    expect(signature).toMatchObject({ count: 7, value: checkpoint.key });
  });

  test.each([
    ["another actor", { entry: { ...entry, entry: entryText.replace('"ann"', '"eve"') } }],
    ["another place", { entry: { ...entry, sequence: 4 } }],
    ["another leaf", { inclusion: { ...inclusion, leaf: bent(inclusion.leaf) } }],
    ...proofs.map((hash, i) => [
      `another hash ${i} on the way`,
      { inclusion: { ...inclusion, proof: proofs.with(i, bent(hash)) } },
    ]),
    ["a hash less", { inclusion: { ...inclusion, proof: proofs.slice(1) } }],
    ["a hash more", { inclusion: { ...inclusion, proof: [...proofs, inclusion.leaf] } }],
    ["no proof at all", { inclusion: { ...inclusion, proof: [] } }],
    ["what is no base64", { inclusion: { ...inclusion, proof: proofs.with(1, "?") } }],
    [
      "another root",
      { checkpoint: { ...checkpoint, note: checkpoint.note.replace("GBn5", "GBn6") } },
    ],
    [
      "another size",
      { checkpoint: { ...checkpoint, note: checkpoint.note.replace("7\n", "8\n") } },
    ],
    ["no checkpoint", { checkpoint: { ...checkpoint, note: "cuvee-log-test" } }],
  ] as [string, Partial<Evidence>][])("refuses %s", async (_, change) => {
    const states = await found({ ...whole, ...change });
    expect(Object.values({ ...states, texts: "", key: "", kept: "" })).toContain("bad");
  });

  test("refuses another text, and one that was never recorded", async () => {
    const [first] = entry.texts ?? [];
    if (!first) throw new Error("the fixture has a text");
    const other = { ...entry, texts: [{ ...first, text: "better" }] };
    expect(await found({ ...whole, entry: other })).toEqual({ ...ALL_GOOD, texts: "bad" });
    const more = { ...entry, texts: [first, { ...first, field: "after.reason" }] };
    expect(await found({ ...whole, entry: more })).toEqual({ ...ALL_GOOD, texts: "bad" });
  });

  test("holds without a text that was erased, and says so", async () => {
    const erased = { ...whole, entry: { ...entry, texts: [] } };
    expect(await found(erased)).toEqual(ALL_GOOD);
    expect((await check(erased))[1]).toMatchObject({ count: 0, erased: 1 });
    expect(eventOf(erased.entry)?.comment).toBe("[erased]");
  });

  test("tells another key from the one that is known", async () => {
    expect(await found({ ...whole, known: bent(known) })).toEqual({ ...ALL_GOOD, key: "bad" });
    expect(await found({ ...whole, known: "" })).toEqual({ ...ALL_GOOD, key: "unknown" });
  });

  test("notices a history that does not continue what this browser saw", async () => {
    const four = { kept: fixture.keptFour, consistency: fixture.consistencyFour };
    expect(await found({ ...whole, ...four })).toEqual(ALL_GOOD);
    for (const bad of [
      { kept: { ...kept, root: bent(kept.root) } },
      { kept: { ...kept, size: 2 } },
      { kept: { ...kept, size: 9 } },
      { kept: { ...kept, key: bent(known) } },
      { consistency: undefined },
      { consistency: { ...consistency, proof: consistency.proof.with(2, inclusion.leaf) } },
      { consistency: { ...consistency, proof: consistency.proof.slice(1) } },
    ]) {
      expect(await found({ ...whole, ...bad })).toEqual({ ...ALL_GOOD, kept: "bad" });
    }
    expect((await found({ ...whole, kept: undefined })).kept).toBe("unknown");
  });

  test("keeps the larger checkpoint", () => {
    expect(toKeep(whole)).toMatchObject({ size: 7, root: checkpoint.root, key: known });
    expect(toKeep({ ...whole, kept: { ...kept, size: 9 } })?.size).toBe(9);
  });
});

test("a signature is of the whole note, by this key", async () => {
  const { note, key } = checkpoint;
  expect(await signatureOf(note, key)).toBe("good");
  expect(await signatureOf(note.replace("previous 3", "previous 2"), key)).toBe("bad");
  expect(await signatureOf(note, key.replace("f28a7901", "f28a7902"))).toBe("bad");
  expect(await signatureOf(note, bent(key))).toBe("bad");
  expect(await signatureOf(note.replace("— cuvee", "— other"), key)).toBe("bad");
  expect(await signatureOf("", key)).toBe("bad");
  expect(readCheckpoint(note, key)).toMatchObject({ size: 7, time: 1_795_000_001_000 });
  expect(readCheckpoint(note, "another+00000000+AQ==")).toBeUndefined();
});

test("an address is a text of its own, which only some are sent", () => {
  const told = { ...JSON.parse(entryText), details: { address: "commitment:0f", policy: "p" } };
  const here = { ...entry, entry: JSON.stringify(told) };
  const text = { event: 5, field: "details.address", salt: "00", text: "192.0.2.7" };
  expect(eventOf({ ...here, texts: [text] })).toMatchObject({
    details: { policy: "p" },
    address: "192.0.2.7",
  });
  expect(eventOf(here)).not.toHaveProperty("address");
  expect(eventOf(here)?.details).toEqual({ policy: "p" });
});

test("an entry is the event that the page shows", () => {
  expect(eventOf(entry)).toEqual({
    sequence: 5,
    time: 1_795_000_000_004,
    actor: "ann",
    via: "session",
    action: "version.transitioned",
    object: "version:wine/5",
    before: { stage: "None" },
    after: { stage: "Production" },
    comment: "better on 2026 – ja",
    details: {},
  });
  expect(eventOf({ ...entry, entry: null })).toBeUndefined();
});

/** The root of neighbouring leaves, as the standard defines it. */
async function rootOf(leaves: readonly Uint8Array[]): Promise<Uint8Array> {
  const [only] = leaves;
  if (only && leaves.length === 1) return only;
  const at = split(leaves.length);
  return nodeHash(await rootOf(leaves.slice(0, at)), await rootOf(leaves.slice(at)));
}

const split = (size: number) => 2 ** (Math.ceil(Math.log2(size)) - 1);

async function inclusionOf(leaves: readonly Uint8Array[], at: number): Promise<Uint8Array[]> {
  if (leaves.length === 1) return [];
  const cut = split(leaves.length);
  const [left, right] = [leaves.slice(0, cut), leaves.slice(cut)];
  return at < cut
    ? [...(await inclusionOf(left, at)), await rootOf(right)]
    : [...(await inclusionOf(right, at - cut)), await rootOf(left)];
}

async function continuationOf(
  leaves: readonly Uint8Array[],
  old: number,
  isWhole = true,
): Promise<Uint8Array[]> {
  if (old === leaves.length) return isWhole ? [] : [await rootOf(leaves)];
  const cut = split(leaves.length);
  const [left, right] = [leaves.slice(0, cut), leaves.slice(cut)];
  return old <= cut
    ? [...(await continuationOf(left, old, isWhole)), await rootOf(right)]
    : [...(await continuationOf(right, old - cut, false)), await rootOf(left)];
}

test("every leaf of every small tree is proved, and no other in its place", async () => {
  const leaves = Array.from({ length: 20 }, (_, i) => new Uint8Array(32).fill(i + 1));
  const other = bytes(inclusion.leaf) ?? new Uint8Array();
  for (let size = 1; size <= leaves.length; size += 1) {
    const tree = leaves.slice(0, size);
    const root = await rootOf(tree);
    for (const [at, leaf] of tree.entries()) {
      const proof = await inclusionOf(tree, at);
      expect(await rootWith(leaf, at, size, proof)).toEqual(root);
      expect(await rootWith(other, at, size, proof)).not.toEqual(root);
      if (size > 1) expect(await rootWith(leaf, (at + 1) % size, size, proof)).not.toEqual(root);
    }
    expect(await rootWith(leaves[0] ?? other, size, size, [])).toBeUndefined();
  }
});

test("every small tree is proved to continue each smaller one, and no other", async () => {
  const leaves = Array.from({ length: 20 }, (_, i) => new Uint8Array(32).fill(i + 1));
  for (let size = 1; size <= leaves.length; size += 1) {
    const now: Tree = { size, root: await rootOf(leaves.slice(0, size)) };
    for (let old = 1; old <= size; old += 1) {
      const proof = await continuationOf(leaves.slice(0, size), old);
      const then: Tree = { size: old, root: await rootOf(leaves.slice(0, old)) };
      expect(await continues(then, now, proof)).toBe(true);
      expect(await continues({ ...then, root: new Uint8Array(32) }, now, proof)).toBe(false);
      if (old < size) expect(await continues(then, now, proof.slice(1))).toBe(false);
    }
  }
});
