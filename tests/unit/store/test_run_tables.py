"""Values of runs, as the database gives them, fall into blocks of runs with the same keys."""

from __future__ import annotations

import random

import pytest

from cuvee.store.run_tables import _alike


@pytest.mark.parametrize("mixed", [False, True])
@pytest.mark.parametrize("seed", range(300))
def test_blocks_have_each_value_once_with_its_run_and_key(seed: int, mixed: bool) -> None:
    chance = random.Random(seed)
    cells = []
    for run in range(chance.randint(0, 12)):
        keys = chance.choice([[1, 2, 3], [1, 2], [1, 2, 3, 4], [7], chance.sample(range(6), 4)])
        cells += [(run, key) for key in keys]
    if mixed:
        chance.shuffle(cells)
    pks, keys = [pk for pk, _ in cells], [key for _, key in cells]
    found = []
    for start, end, each in _alike(pks, keys):
        runs = pks[start:end:each]
        for first in range(start, start + each):
            found += [
                (pk, keys[first], at) for pk, at in zip(runs, range(first, end, each), strict=True)
            ]

    assert sorted(found, key=lambda cell: cell[2]) == [
        (pk, key, at) for at, (pk, key) in enumerate(cells)
    ]


def test_runs_with_the_same_keys_are_one_block() -> None:
    assert list(_alike([4, 4, 5, 5, 9, 9], [1, 2] * 3)) == [(0, 6, 2)]
