"""Wrong logins wait longer and longer, to a limit, and nobody waits for ever."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from cuvee.rules.attempts import FORGOTTEN, LIMITS, wait

NOW = 1_700_000_000_000
COUNTS = st.dictionaries(
    st.sampled_from([*LIMITS, "known"]),
    st.tuples(st.integers(0, 10_000), st.integers(NOW - 2 * FORGOTTEN, NOW)),
)


@given(COUNTS)
def test_a_wait_ends(counted: dict[str, tuple[int, int]]) -> None:
    longest = wait(counted, NOW)
    assert 0 <= longest <= max(limit.longest for limit in LIMITS.values())
    assert wait(counted, NOW + longest) == 0
    assert wait(counted, NOW + FORGOTTEN + 1) == 0


@given(COUNTS, st.sampled_from(list(LIMITS)), st.integers(1, 1000))
def test_one_more_failure_never_shortens_a_wait(
    counted: dict[str, tuple[int, int]], kind: str, more: int
) -> None:
    failures, last = counted.get(kind, (0, NOW))
    assert wait({**counted, kind: (failures + more, last)}, NOW) >= wait(counted, NOW)


@given(COUNTS, st.integers(0, FORGOTTEN))
def test_waiting_shortens_a_wait_by_as_much(
    counted: dict[str, tuple[int, int]], later: int
) -> None:
    assert wait(counted, NOW + later) <= max(wait(counted, NOW) - later, 0)


@given(COUNTS)
def test_guesses_from_elsewhere_do_not_hold_up_who_has_logged_in_from_here(
    counted: dict[str, tuple[int, int]],
) -> None:
    known = {**counted, "known": (1, NOW)}
    elsewhere = {**known, "user": (10_000, NOW)}
    assert wait(known, NOW) == wait(elsewhere, NOW)
