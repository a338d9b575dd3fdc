"""What is nested in what, counted as one would by hand."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

from cuvee.store.run_outlines import Forest


def shown(
    forest: Forest, unfolded: Callable[[int], bool] = lambda _: True
) -> list[tuple[int, int]]:
    return [(place, forest.depth(place)) for place in forest.lines(unfolded)]


def test_lines_follow_the_order_of_the_places_on_each_level() -> None:
    forest = Forest({0: 3, 1: 3, 4: 1}, [True] * 5)
    assert shown(forest) == [(2, 0), (3, 0), (0, 1), (1, 1), (4, 2)]
    assert forest.nested == [0, 1, 0, 3, 0]
    assert shown(forest, lambda place: place == 3) == [(2, 0), (3, 0), (0, 1), (1, 1)]
    assert shown(forest, lambda _: False) == [(2, 0), (3, 0)]


def test_what_does_not_pass_shows_for_the_sake_of_what_is_nested_in_it() -> None:
    forest = Forest({0: 3, 1: 3, 4: 1}, [False, False, False, False, True])
    assert shown(forest) == [(3, 0), (1, 1), (4, 2)]
    assert forest.passing == [0, 1, 0, 1, 0]


def test_a_circle_hides_nothing() -> None:
    forest = Forest({0: 1, 1: 2, 2: 0, 3: 2}, [True] * 4)
    found = shown(forest)
    assert sorted(place for place, _ in found) == [0, 1, 2, 3]
    assert found[0][1] == 0


@given(
    st.integers(1, 12).flatmap(
        lambda n: st.tuples(
            st.dictionaries(st.integers(0, n - 1), st.integers(0, n - 1)),
            st.lists(st.booleans(), min_size=n, max_size=n),
        )
    )
)
def test_every_place_that_passes_shows_once_and_is_counted_above(
    given: tuple[dict[int, int], list[bool]],
) -> None:
    parents = {place: parent for place, parent in given[0].items() if place != parent}
    passes = given[1]
    forest = Forest(parents, passes)
    found = shown(forest)
    places = [place for place, _ in found]
    assert len(set(places)) == len(places)
    assert {place for place in range(len(passes)) if passes[place]} <= set(places)
    line: list[int] = []
    below = dict.fromkeys(places, 0)
    for place, depth in found:
        del line[depth:]
        assert depth == 0 or parents[place] == line[-1]
        for above in line:
            below[above] += passes[place]
        line.append(place)
    assert all(forest.passing[place] == below[place] for place in places)
    assert all(passes[place] or below[place] for place in places)


@given(
    st.integers(1, 12).flatmap(
        lambda n: st.tuples(
            st.dictionaries(st.integers(1, n), st.integers(0, n - 1)),
            st.lists(st.booleans(), min_size=n + 1, max_size=n + 1),
            st.sets(st.integers(0, n)),
        )
    )
)
def test_what_is_folded_shows_without_what_is_nested_in_it(
    given: tuple[dict[int, int], list[bool], set[int]],
) -> None:
    forest = Forest({a: b for a, b in given[0].items() if b < a}, given[1])
    folded = given[2]
    expected, hidden = [], 100
    for place, depth in shown(forest):
        if depth <= hidden:
            hidden = depth if place in folded else 100
            expected.append((place, depth))
    assert shown(forest, lambda place: place not in folded) == expected
