"""Ids that are chosen where a run or a logged model is created."""

from __future__ import annotations

import re
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from itertools import pairwise
from multiprocessing import get_context

from cuvee.api.ids import new_id
from cuvee.api.runs import CreateRun

NOW = 1_795_000_000.0


def _many(count: int) -> list[str]:
    return [new_id() for _ in range(count)]


def test_an_id_is_one_that_a_client_may_choose() -> None:
    for at in (None, 0.0, NOW, 1e11, -1.0):
        chosen = new_id(at)
        assert re.fullmatch("[0-9a-f]{32}", chosen)
        CreateRun(experiment_id="0", run_id=chosen).check()


def test_ids_made_together_begin_alike_and_later_ones_stand_behind_them() -> None:
    window = round(NOW / 0.016) * 0.016
    together = {new_id(window + 0.001 * n)[:5] for n in range(1, 15)}
    assert len(together) == 1
    rows = [new_id(window + 0.016 * n + 0.001)[:5] for n in range(1000)]
    behind = [b > a for a, b in pairwise(rows)]
    assert behind.count(False) <= 1  # where the digits begin anew


def test_eight_digits_tell_a_hundred_runs_of_a_quick_loop_apart() -> None:
    assert len({new_id(NOW + 0.02 * n)[:8] for n in range(100)}) == 100


def test_no_id_comes_twice_in_threads_or_in_forks() -> None:
    with ThreadPoolExecutor(4) as threads, ProcessPoolExecutor(2, get_context("fork")) as forks:
        parts = [*forks.map(_many, [5_000] * 4), *threads.map(_many, [5_000] * 4)]
    assert len({one for part in parts for one in part}) == 40_000
