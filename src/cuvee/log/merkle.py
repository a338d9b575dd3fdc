"""The log's Merkle tree, as RFC 6962 hashes it: its root and its proofs, from stored tiles.

A tree is kept as the hashes of its complete subtrees of 256^level leaves, for level 0, 1, 2 ...
What is asked of a tree of any size is computed from runs of at most 256 of them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from cuvee.log.verifier import EMPTY, node_hash, root_with

WIDTH = 256
"""Hashes in a tile; a hash of one level stands for a whole tile of the level below."""
_BITS = 8

Fetch = Callable[[int, int], list[bytes]]
"""Returns the hashes in a tile, by level and number; the last one of a level is partial."""


class BadProof(ValueError):
    """A proof does not prove what it should, or cannot be made."""


def fold(hashes: Sequence[bytes]) -> bytes:
    """Return the root over a power of two of neighbouring hashes."""
    while len(hashes) > 1:
        hashes = [node_hash(*hashes[i : i + 2]) for i in range(0, len(hashes), 2)]
    return hashes[0]


class Tree:
    """A tree of ``size`` leaves over stored tiles.

    Args:
        size: number of leaves.
        fetch: reads a tile; each is read once.
    """

    def __init__(self, size: int, fetch: Fetch) -> None:
        self.size = size
        self._fetch = fetch
        self._tiles: dict[tuple[int, int], list[bytes]] = {}

    def root(self) -> bytes:
        """Return the root."""
        return self._range(0, self.size) if self.size else EMPTY

    def inclusion(self, index: int) -> list[bytes]:
        """Return the proof that leaf ``index`` is in the tree, from the leaf upwards."""
        proof: list[bytes] = []
        start, end = 0, self.size
        while end - start > 1:
            middle = start + _split(end - start)
            if index < middle:
                proof.append(self._range(middle, end))
                end = middle
            else:
                proof.append(self._range(start, middle))
                start = middle
        return proof[::-1]

    def consistency(self, old: int) -> list[bytes]:
        """Return the proof that the tree of the first ``old`` leaves grew into this one."""
        if old in (0, self.size):
            return []
        proof: list[bytes] = []
        start, end, whole = 0, self.size, True
        while old != end:
            middle = start + _split(end - start)
            if old <= middle:
                proof.append(self._range(middle, end))
                end = middle
            else:
                proof.append(self._range(start, middle))
                start, whole = middle, False
        if not whole:
            proof.append(self._range(start, end))
        return proof[::-1]

    def _range(self, start: int, end: int) -> bytes:
        """Return the root of leaves ``start`` to ``end``, as RFC 6962 splits the tree."""
        parts = []
        while start < end:
            height = (end - start).bit_length() - 1
            parts.append(self._perfect(height, start >> height))
            start += 1 << height
        root = parts.pop()
        while parts:
            root = node_hash(parts.pop(), root)
        return root

    def _perfect(self, height: int, index: int) -> bytes:
        level, above = divmod(height, _BITS)
        first = index << above
        tile, offset = divmod(first, WIDTH)
        hashes = self._tiles.get((level, tile))
        if hashes is None:
            hashes = self._tiles[level, tile] = self._fetch(level, tile)
        found = hashes[offset : offset + (1 << above)]
        if len(found) != 1 << above:
            raise BadProof(f"Tile {tile} of level {level} lacks hashes: the stored tree is damaged")
        return fold(found)


def _split(width: int) -> int:
    """Return the largest power of two below ``width``."""
    return 1 << (width - 1).bit_length() - 1


def check_consistency(  # noqa: C901  # as the standard writes it
    old: int, size: int, proof: list[bytes], old_root: bytes, root: bytes
) -> None:
    """Raise ``BadProof`` unless a tree is the beginning of another (RFC 9162, 2.1.4.2)."""
    failed = BadProof(f"The tree of {size} is not proved to continue the tree of {old}")
    if not 0 <= old <= size:
        raise failed
    hashes = [old_root, *proof] if old & (old - 1) == 0 else list(proof)
    if old in (0, size):
        if proof or old_root != (root if old else EMPTY):
            raise failed
        return
    if not hashes:
        raise failed
    node, last = old - 1, size - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    first = second = hashes[0]
    for other in hashes[1:]:
        if last == 0:
            raise failed
        if node & 1 or node == last:
            first, second = node_hash(other, first), node_hash(other, second)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            second = node_hash(second, other)
        node, last = node >> 1, last >> 1
    if last or first != old_root or second != root:
        raise failed


def check_inclusion(
    leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes
) -> None:
    """Raise ``BadProof`` unless leaf ``index`` is in the tree of ``size``."""
    if root_with(leaf, index, size, list(proof)) != root:
        raise BadProof(f"leaf {index} is not proved to be in the tree of {size}")
