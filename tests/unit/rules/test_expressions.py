"""What a check says is read as it was written, and its stages are those that it names."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from cuvee.rules.expressions import (
    COMPARISONS,
    KINDS,
    Check,
    Comparison,
    Compatible,
    Fact,
    IsSet,
    Literal,
    NoPickle,
    SameDataset,
    Sum,
    Term,
    parse_check,
    stages_of,
)

QUOTED = st.text(st.characters(blacklist_characters='"', blacklist_categories=["Cs"]), min_size=1)
FACTS = st.builds(Fact, st.sampled_from(KINDS), QUOTED, st.just("") | QUOTED)
NUMBERS = st.floats(0, allow_nan=False, allow_infinity=False).map(abs)  # a sign is an operator
TERMS = st.recursive(
    FACTS | st.builds(Literal, NUMBERS | QUOTED),
    lambda inner: st.builds(Sum, st.sampled_from("+-*/"), inner, inner),
    max_leaves=12,
)
CHECKS = st.one_of(
    st.builds(Comparison, st.sampled_from(COMPARISONS), TERMS, TERMS).filter(
        lambda c: not (isinstance(c.left, Literal) and isinstance(c.right, Literal))
    ),
    st.builds(IsSet, FACTS | st.sampled_from(["description", "signature", "dataset"])),
    st.builds(SameDataset, QUOTED),
    st.builds(Compatible, QUOTED),
    st.just(NoPickle()),
)


def term(what: Term) -> str:
    """Write a term, with all its parentheses."""
    if isinstance(what, Sum):
        return f"({term(what.left)} {what.sign} {term(what.right)})"
    if isinstance(what, Literal):
        return repr(what.value) if isinstance(what.value, float) else f'"{what.value}"'
    stage = f'"{what.stage}".' if what.stage else ""
    return f'{stage}{what.kind}."{what.key}"'


def written(check: Check) -> str:
    """Write a check."""
    if isinstance(check, Comparison):
        return f"{term(check.left)} {check.sign} {term(check.right)}"
    if isinstance(check, IsSet):
        return f"{check.what if isinstance(check.what, str) else term(check.what)} is set"
    if isinstance(check, SameDataset):
        return f'dataset is "{check.stage}".dataset'
    if isinstance(check, Compatible):
        return f'signature compatible with "{check.stage}"'
    return "no pickle"


def named(what: Term) -> set[str]:
    """Return the stages in a term."""
    if isinstance(what, Sum):
        return named(what.left) | named(what.right)
    return {what.stage} - {""} if isinstance(what, Fact) else set()


@given(CHECKS)
def test_what_is_written_is_read(check: Check) -> None:
    assert parse_check(written(check)) == check


@given(CHECKS)
def test_the_stages_of_a_check_are_those_that_it_names(check: Check) -> None:
    if isinstance(check, Comparison):
        expected = named(check.left) | named(check.right)
    elif isinstance(check, IsSet):
        expected = set() if isinstance(check.what, str) else named(check.what)
    else:
        expected = {check.stage} if isinstance(check, (SameDataset, Compatible)) else set()
    assert stages_of(check) == expected


@given(FACTS, FACTS, FACTS, st.sampled_from("+-"), st.sampled_from("*/"))
def test_products_come_before_sums_and_both_go_from_left_to_right(
    a: Fact, b: Fact, c: Fact, low: str, high: str
) -> None:
    x, y, z = term(a), term(b), term(c)

    def left(text: str) -> Term:
        check = parse_check(f"{text} > 0")
        assert isinstance(check, Comparison)
        return check.left

    assert left(f"{x} {low} {y} {high} {z}") == Sum(low, a, Sum(high, b, c))
    assert left(f"{x} {high} {y} {low} {z}") == Sum(low, Sum(high, a, b), c)
    assert left(f"{x} {low} {y} {low} {z}") == Sum(low, Sum(low, a, b), c)
