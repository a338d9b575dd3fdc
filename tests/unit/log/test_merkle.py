"""The tree, its proofs and their verification agree with an independent implementation."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest
from pymerkle import InmemoryTree, verify_inclusion

from cuvee.log.merkle import WIDTH, BadProof, Tree, check_consistency, check_inclusion, fold
from cuvee.log.verifier import (
    EMPTY,
    Frontier,
    leaf_hash,
    node_hash,
)

MOST = 1100
ENTRIES = [f"entry {i}".encode() for i in range(MOST)]
LEAVES = [leaf_hash(e) for e in ENTRIES]


@pytest.fixture(scope="module")
def other() -> InmemoryTree:
    tree = InmemoryTree(algorithm="sha256")
    for entry in ENTRIES:
        tree.append_entry(entry)
    return tree


def root_of(other: InmemoryTree, size: int) -> bytes:
    """Return the other library's root at a size; its releases call that differently."""
    find = getattr(other, "get_root", None) or other.get_state
    root: bytes = find(size)
    return root


def tiles(size: int) -> list[list[bytes]]:
    levels = [LEAVES[:size]]
    while len(levels[-1]) >= WIDTH:
        last = levels[-1]
        levels.append([fold(last[i : i + WIDTH]) for i in range(0, len(last) - WIDTH + 1, WIDTH)])
    return levels


def tree(size: int) -> Tree:
    levels = tiles(size)
    return Tree(size, lambda level, n: levels[level][n * WIDTH : (n + 1) * WIDTH])


def sizes() -> Iterator[int]:
    yield from range(1, 300)
    yield from (511, 512, 513, 767, 768, 769, 1000, 1023, 1024, 1025, 1099, 1100)


def test_the_roots_are_the_same_at_hundreds_of_sizes(other: InmemoryTree) -> None:
    frontier = Frontier()
    assert frontier.root() == tree(0).root() == EMPTY
    for size in range(1, MOST + 1):
        frontier.add(LEAVES[size - 1])
        assert frontier.root() == root_of(other, size)
    for size in sizes():
        assert tree(size).root() == root_of(other, size)


def test_our_inclusion_proofs_convince_both_verifiers(other: InmemoryTree) -> None:
    chance = random.Random(1)
    for size in sizes():
        ours, root = tree(size), root_of(other, size)
        for index in {0, size - 1, chance.randrange(size), chance.randrange(size)}:
            proof = ours.inclusion(index)
            check_inclusion(LEAVES[index], index, size, proof, root)
            theirs = other.prove_inclusion(index + 1, size)
            assert [LEAVES[index], *proof] == theirs.path
            theirs.path = [LEAVES[index], *proof]  # ours, in the form that theirs is checked in
            verify_inclusion(LEAVES[index], root, theirs)


def test_our_consistency_proofs_hold_between_the_roots_of_the_other(other: InmemoryTree) -> None:
    # The other library proves consistency in a form of its own, so its proofs cannot be compared.
    chance = random.Random(2)
    for size in sizes():
        ours, root = tree(size), root_of(other, size)
        for old in {1, size, chance.randint(1, size), chance.randint(1, size)}:
            proof = ours.consistency(old)
            check_consistency(old, size, proof, root_of(other, old), root)
            assert proof == subproof(old, LEAVES[:size], whole=True)
        check_consistency(0, size, ours.consistency(0), EMPTY, root)


def subproof(old: int, leaves: list[bytes], *, whole: bool) -> list[bytes]:
    """SUBPROOF of RFC 6962, section 2.1.2, as it stands there."""
    if old == len(leaves):
        return [] if whole else [mth(leaves)]
    k = 1 << (len(leaves) - 1).bit_length() - 1
    if old <= k:
        return [*subproof(old, leaves[:k], whole=whole), mth(leaves[k:])]
    return [*subproof(old - k, leaves[k:], whole=False), mth(leaves[:k])]


def mth(leaves: list[bytes]) -> bytes:
    """MTH of RFC 6962, section 2.1, over the hashes of leaves."""
    if len(leaves) == 1:
        return leaves[0]
    k = 1 << (len(leaves) - 1).bit_length() - 1
    return node_hash(mth(leaves[:k]), mth(leaves[k:]))


def test_no_changed_proof_is_accepted() -> None:
    chance = random.Random(3)
    for _ in range(300):
        size = chance.randint(2, MOST)
        index, old = chance.randrange(size), chance.randint(1, size - 1)
        ours, root, before = tree(size), tree(size).root(), tree(old).root()
        proof = ours.inclusion(index)
        for wrong in changed(proof, chance):
            with pytest.raises(ValueError, match="not proved"):
                check_inclusion(LEAVES[index], index, size, wrong, root)
        other_index = (index + chance.randrange(1, size)) % size
        with pytest.raises(ValueError, match="not proved"):
            check_inclusion(LEAVES[index], other_index, size, proof, root)
        for wrong in changed(ours.consistency(old), chance):
            with pytest.raises(BadProof):
                check_consistency(old, size, wrong, before, root)
        with pytest.raises(BadProof):
            check_consistency(old, size, ours.consistency(old), root, root)


def changed(proof: list[bytes], chance: random.Random) -> Iterator[list[bytes]]:
    yield [*proof, LEAVES[0]]
    yield proof[:-1]
    at = chance.randrange(len(proof))
    yield [*proof[:at], leaf_hash(proof[at]), *proof[at + 1 :]]


def test_a_damaged_tile_is_noticed() -> None:
    with pytest.raises(BadProof):
        Tree(10, lambda _level, _n: LEAVES[:5]).root()
