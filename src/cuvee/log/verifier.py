"""Checks a bundle of Cuvee's log without a server, a network, or any other package.

``python verifier.py bundle.zip`` (Python 3.10 or newer) reads it from top to bottom:
* The log is an ordered list of entries (JSON). Its Merkle tree is hashed as RFC 6962 says.
* A checkpoint is a C2SP signed note: a name, the number of entries, the tree's root, an Ed25519
  signature. ``--checkpoint FILE``, one that you have kept, must be of this log, too.
* The keys are entries themselves: the first says which key signs, each later one is signed by the
  key before it. Give ``--key`` what you know of the key by another way.
* Free text is kept apart from its entry, which holds SHA-256(16 bytes of salt + text) instead.
"""

from __future__ import annotations

import base64
import hashlib
import json
import sys
import zipfile
from collections.abc import Callable, Iterator
from functools import reduce
from pathlib import Path
from typing import Any

Json = dict[str, Any]
Verify = Callable[[bytes, bytes, bytes], bool]
EMPTY = hashlib.sha256(b"").digest()


def leaf_hash(entry: bytes) -> bytes:
    """Return the hash of a leaf."""
    return hashlib.sha256(b"\0" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of a node."""
    return hashlib.sha256(b"\1" + left + right).digest()


class Frontier:
    """The roots of the complete subtrees of a growing tree: enough to know its root."""

    def __init__(self) -> None:
        self.size = 0
        self._roots: list[tuple[int, bytes]] = []

    def add(self, leaf: bytes) -> None:
        """Append the hash of a leaf."""
        height = 0
        while self._roots and self._roots[-1][0] == height:
            leaf = node_hash(self._roots.pop()[1], leaf)
            height += 1
        self._roots.append((height, leaf))
        self.size += 1

    def root(self) -> bytes:
        """Return the root of what was added."""
        roots = [root for _, root in self._roots] or [EMPTY]
        return reduce(lambda right, left: node_hash(left, right), reversed(roots))


def root_with(leaf: bytes, index: int, size: int, proof: list[bytes]) -> bytes:
    """Return the root that a tree with this leaf and this proof has (RFC 6962, 2.1.1)."""
    if size <= 1 or not proof:
        return b"" if proof or size != 1 or index else leaf
    half = 1 << (size - 1).bit_length() - 1
    if index < half:
        return node_hash(root_with(leaf, index, half, proof[:-1]), proof[-1])
    return node_hash(proof[-1], root_with(leaf, index - half, size - half, proof[:-1]))


_P, _L = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
_D = -121665 * pow(121666, -1, _P) % _P
_Point = tuple[int, int, int, int]


def _plus(a: _Point, b: _Point) -> _Point:
    e, f = (a[1] - a[0]) * (b[1] - b[0]) % _P, (a[1] + a[0]) * (b[1] + b[0]) % _P
    g, h = 2 * a[3] * b[3] * _D % _P, 2 * a[2] * b[2] % _P
    i, j, k, m = f - e, h - g, h + g, f + e
    return i * j % _P, k * m % _P, j * k % _P, i * m % _P


def _times(factor: int, point: _Point) -> _Point:
    total: _Point = (0, 1, 1, 0)
    for bit in f"{factor:b}":
        total = _plus(total, total)
        total = _plus(total, point) if bit == "1" else total
    return total


def _point(raw: bytes) -> _Point:
    odd, y = divmod(int.from_bytes(raw, "little"), 1 << 255)
    square = (y * y - 1) * pow(_D * y * y + 1, -1, _P) % _P
    x = pow(square, (_P + 3) // 8, _P)
    if (x * x - square) % _P:
        x = x * pow(2, (_P - 1) // 4, _P) % _P
    if y >= _P or (x * x - square) % _P or (x == 0 and odd):
        raise ValueError("not a point of the curve")
    x = _P - x if x & 1 != odd else x
    return x, y, 1, x * y % _P


def ed25519(public: bytes, message: bytes, signature: bytes) -> bool:
    """Say whether ``signature`` is of ``message`` by the key ``public``."""
    s = int.from_bytes(signature[32:], "little")
    try:
        key, r = _point(public), _point(signature[:32])
    except ValueError:
        return False
    digest = hashlib.sha512(signature[:32] + public + message).digest()
    left = _times(s, _point(b"\x58" + b"\x66" * 31))
    right = _plus(r, _times(int.from_bytes(digest, "little") % _L, key))
    wrong = (left[i] * right[2] - right[i] * left[2] for i in (0, 1))
    return len(signature) == 64 and s < _L and not any(one % _P for one in wrong)


def read_key(key: str) -> tuple[str, bytes, bytes]:
    """Return the name, the id and the public key that ``name+id+base64`` holds."""
    name, digits, encoded = key.split("+", 2) if key.count("+") > 1 else ("nobody", "", "")
    raw = base64.b64decode(encoded, validate=True)
    found = hashlib.sha256(name.encode() + b"\n" + raw).digest()[:4]
    if raw[:1] != b"\1" or len(raw) != 33 or found.hex() != digits or not name.isprintable():
        raise ValueError(f"{key!r} is not a key of a signed note")
    return name, found, raw[1:]


def signed_by(key: str, message: bytes, signature: bytes, verify: Verify = ed25519) -> bool:
    """Say whether a signature (4 bytes of key id, then 64) is by a key."""
    _, number, public = read_key(key)
    return signature[:4] == number and bool(verify(public, message, signature[4:]))


def read_note(note: str, key: str, verify: Verify = ed25519) -> str:
    """Return the text of a note that ``key`` has signed; ValueError if it has not."""
    text, _, signatures = note.rpartition("\n\n")
    for line in signatures.splitlines():
        if line.startswith(f"\u2014 {read_key(key)[0]} "):
            raw = base64.b64decode(line.rpartition(" ")[2], validate=True)
            if signed_by(key, text.encode() + b"\n", raw, verify):
                return text + "\n"
    raise ValueError(f"it is not signed by {key}")


def read_checkpoint(note: str, key: str, verify: Verify = ed25519) -> tuple[int, bytes]:
    """Return the size and the root that a checkpoint states; ValueError unless ``key`` signed."""
    origin, size, root, *_ = [*read_note(note, key, verify).split("\n"), "", ""]
    if origin != read_key(key)[0] or str(int(size)) != size:
        raise ValueError(f"it is no checkpoint of {key}")
    return int(size), base64.b64decode(root, validate=True)


class Keys:
    """The keys that signed the log, as its own entries name them."""

    def __init__(self) -> None:
        self.chain: list[tuple[int, str]] = []

    def note(self, place: int, entry: Json, verify: Verify = ed25519) -> str:
        """Look at an entry; return what is wrong with it as the entry of a key."""
        if entry["object"] != "log:key":
            return ""
        new, old = entry["after"].get("key", ""), self.chain[-1][1] if self.chain else None
        try:
            read_key(new)
            proof = base64.b64decode(entry["details"].get("signature", ""))
            proved = old is None or signed_by(old, f"{new}\n".encode(), proof, verify)
        except ValueError as problem:
            return f"entry {place}: {problem}"
        self.chain.append((place, new))
        return "" if proved else f"entry {place}: the new key is not signed by the key before it"

    def at(self, size: int) -> str | None:
        """Return the key that signs a log of so many entries."""
        return next((key for place, key in reversed(self.chain) if place < size), None)


OWN = {"entries.jsonl", "checkpoints.jsonl", "texts.jsonl", "verifier.py", "README.txt"}
PACK = "cuvee evidence pack 1"


def _lines(bundle: zipfile.ZipFile, name: str) -> Iterator[Json]:
    if name in bundle.namelist():
        with bundle.open(name) as file:
            yield from map(json.loads, iter(lambda: file.readline(1 << 25), b""))


class Bundle:
    """What a bundle holds, checked as it is read; ``problems`` says what is wrong."""

    def __init__(self, path: str, kept: str | None = None) -> None:
        self.problems: list[str] = []
        self.keys, self.entries, self.texts, self.pack = Keys(), 0, 0, ""  # pack: its version
        self._held: dict[tuple[int, str], str] = {}  # commitments, by event and field
        self._tree = Frontier()
        self._proofs: list[tuple[int, bytes, list[bytes]]] = []
        with zipfile.ZipFile(path) as bundle:
            self.notes = {one["size"]: one["note"] for one in _lines(bundle, "checkpoints.jsonl")}
            self.notes |= {} if kept is None else {int(kept.split("\n")[1]): kept}
            self.last = max(self.notes, default=0)
            self._roots = dict.fromkeys(self.notes, b"")
            for line in _lines(bundle, "entries.jsonl"):
                self._entry(line["place"], line["entry"].encode(), line.get("proof"))
            if self._tree.size > (0 if self._proofs else self.last) or not self.last:
                self._wrong("there are entries that neither a proof nor a checkpoint stands for")
            if kept is not None and self._proofs and len(self.notes) > 1:
                self._wrong("only a bundle of all entries can show that it continues a checkpoint")
            for size in sorted(self.notes):
                self._checkpoint(size)
            for place, leaf, proof in self._proofs:
                right = self._roots.get(self.last) == root_with(leaf, place, self.last, proof)
                self._wrong("" if right else f"entry {place} is not proved to be in the tree")
            for line in _lines(bundle, "texts.jsonl"):
                self._text(**line)
            self._manifest(bundle)

    def _entry(self, place: int, raw: bytes, proof: list[str] | None) -> None:
        entry, leaf = json.loads(raw), leaf_hash(raw)
        self.entries += 1
        for side in ("", "before.", "after."):
            for name, value in (entry.get(side[:-1], {}) if side else entry).items():
                if isinstance(value, str) and value.startswith("commitment:"):
                    self._held[entry["id"], side + name] = value
        self._wrong(self.keys.note(place, entry))
        if proof is not None:
            self._proofs.append((place, leaf, [base64.b64decode(one) for one in proof]))
            return
        if place != self._tree.size:
            self._wrong(f"entry {place} stands where entry {self._tree.size} should")
        self._tree.add(leaf)
        if self._tree.size in self._roots:
            self._roots[self._tree.size] = self._tree.root()

    def _checkpoint(self, size: int) -> None:
        try:
            stated = read_checkpoint(self.notes[size], self.keys.at(size) or "")
        except ValueError as problem:
            return self._wrong(f"checkpoint {size}: {problem}")
        if self._proofs:  # only some entries are here, each with a proof
            self._roots[size] = stated[1]
        right = stated == (size, self._roots[size])
        return self._wrong("" if right else f"checkpoint {size} states other entries than these")

    def _manifest(self, bundle: zipfile.ZipFile) -> None:
        names = bundle.namelist()
        self._wrong("two files have the same name" if len(set(names)) != len(names) else "")
        if "MANIFEST" not in names:
            strange = ", ".join(sorted({*names} - OWN))
            return self._wrong(f"{strange} stands in no list that is signed" if strange else "")
        if any(one.file_size > 1 << 28 for one in bundle.infolist()):
            return self._wrong("a file is larger than any of an evidence pack")
        held = {n: hashlib.sha256(bundle.read(n)).hexdigest() for n in names if n != "MANIFEST"}
        try:
            note = read_note(bundle.read("MANIFEST").decode(), self.keys.at(self.last) or "")
        except ValueError as problem:
            return self._wrong(f"MANIFEST: {problem}")
        kind, self.pack, *lines = [*note.splitlines(), "", ""]
        listed = {line[66:]: line[:64] for line in lines[1:] if line}
        self._wrong("" if kind == PACK else "MANIFEST is not the list of an evidence pack")
        other = sorted({name for name, _ in {*held.items()} ^ {*listed.items()}})
        return self._wrong(f"{', '.join(other)} is not the file that was signed" if other else "")

    def _text(self, event: int, field: str, salt: str, text: str) -> None:
        self.texts += 1
        found = hashlib.sha256(bytes.fromhex(salt) + text.encode()).hexdigest()
        whole = len(salt) == 32 and salt.isalnum()  # else words could be moved into the salt
        if not whole or self._held.get((event, field)) != f"commitment:{found}":
            self._wrong(f"the text {field} of event {event} is not the one that was recorded")

    def _wrong(self, problem: str) -> None:
        self.problems += [problem] if problem else []

    def __str__(self) -> str:
        names = ", ".join(key for _, key in self.keys.chain) or "nobody"
        held = f"{self.entries} entries, {self.texts} texts, {len(self.notes)} checkpoints"
        return f"{held} up to entry {self.last}, signed by {names}"


def main(arguments: list[str]) -> int:
    """Check the bundle that is named, print the result, and return 0 if it holds."""
    path, *rest = arguments or [""]
    given = dict(zip(rest[::2], rest[1::2], strict=False))
    if len(given) * 2 != len(rest) or given.keys() - {"--key", "--checkpoint"} or not path:
        print("usage: verifier.py bundle.zip [--key NAME+ID+BASE64] [--checkpoint FILE]")  # noqa: T201
        return 2
    try:
        kept = Path(given["--checkpoint"]).read_text("utf-8") if "--checkpoint" in given else None
        bundle = Bundle(path, kept)
    except Exception as problem:  # noqa: BLE001  what is no bundle may go wrong anyhow
        sys.exit(f"{path} cannot be read as a bundle: {type(problem).__name__}: {problem}")
    known = [None, *(key for _, key in bundle.keys.chain)]
    wrong = bundle.problems + [f"{k} never signed" for k in [given.get("--key")] if k not in known]
    said = [*(f"WRONG: {problem}" for problem in wrong), str(bundle)]
    for line in [*said, f"The bundle {'does not hold' if wrong else 'holds'}."]:
        print("".join(sign if sign.isprintable() else "?" for sign in line))  # noqa: T201
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
