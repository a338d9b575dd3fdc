"""Required checks, evaluated over what the registry knows: passed, failed or unknown, and why.

What is not known never passes. A comparison with a stage that no other version holds passes,
because there is nothing to be worse than; the sentence says so.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping
from typing import Any, Literal

from msgspec import Struct

from cuvee.rules.expressions import (
    Check,
    Comparison,
    Compatible,
    Fact,
    IsSet,
    Named,
    SameDataset,
    Sum,
    Term,
    parse_check,
    stages_of,
)
from cuvee.rules.expressions import Literal as Constant
from cuvee.rules.signatures import breaks

State = Literal["passed", "failed", "unknown"]
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "<=": operator.le,
    ">=": operator.ge,
    "<": operator.lt,
    ">": operator.gt,
    "==": operator.eq,
    "!=": operator.ne,
}
_CALCULATE: dict[str, Callable[[float, float], float]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
}


class Posted(Struct, frozen=True, kw_only=True):
    """The result of a named check, for the version's present digest."""

    passed: bool
    user: str = ""
    url: str = ""
    details: str = ""


class Facts(Struct, frozen=True, kw_only=True):
    """What the registry knows of a version; None for what it does not know.

    Args:
        version: its number.
        metrics, params, tags: of its run; tags of the version itself come first.
        datasets: ``name`` and digest of what its run has read.
        description: the version's description.
        signature: ``inputs``, ``outputs`` and ``params`` of the file MLmodel; empty for none.
        pickled: what of its files is a pickle, and what might be.
        posted: named checks by name.
    """

    version: str
    metrics: Mapping[str, float] | None = None
    params: Mapping[str, str] | None = None
    tags: Mapping[str, str] | None = None
    datasets: frozenset[tuple[str, str]] | None = None
    description: str = ""
    signature: Mapping[str, Any] | None = None
    pickled: tuple[list[str], list[str]] | None = None
    posted: Mapping[str, Posted] = {}


class Result(Struct, frozen=True):
    """What became of a check.

    Args:
        check: the check as the policy says it.
        state: ``passed``, ``failed`` or ``unknown``, which does not count as passed.
        sentence: why.
    """

    check: str
    state: State
    sentence: str


Holder = Callable[[str], Facts | None]
"""Returns the facts of the version that holds a stage, other than the one at hand."""


class _Unknown(Exception):  # not an error: an answer
    """Something that a check needs is not known; says what."""


class _Nobody(Exception):  # not an error: an answer
    """No other version holds the stage."""


def evaluate(text: str, facts: Facts, holder: Holder) -> Result:
    """Evaluate one required check.

    Args:
        text: the check as the policy says it.
        facts: what is known of the version.
        holder: finds what is known of a stage's holder.

    Raises:
        InvalidParameter: the check cannot be read.
    """
    check = parse_check(text)
    try:
        state, sentence = _evaluate(check, facts, holder)
    except _Unknown as problem:
        return Result(text, "unknown", f"it cannot be told: {problem}")
    except _Nobody as problem:
        return Result(text, "passed", f"no other version is in {problem}, so nothing to compare")
    return Result(text, state, sentence)


def _evaluate(check: Check, facts: Facts, holder: Holder) -> tuple[State, str]:
    if isinstance(check, Named):
        return _posted(check.name, facts)
    if isinstance(check, Comparison):
        return _compare(check, facts, holder)
    if isinstance(check, IsSet):
        return _is_set(check.what, facts, holder)
    if isinstance(check, SameDataset):
        return _same_dataset(facts, _held(check.stage, holder), check.stage)
    if isinstance(check, Compatible):
        return _compatible(facts, _held(check.stage, holder), check.stage)
    return _no_pickle(facts)


def _held(stage: str, holder: Holder) -> Facts:
    found = holder(stage)
    if found is None:
        raise _Nobody(stage)
    return found


def _posted(name: str, facts: Facts) -> tuple[State, str]:
    found = facts.posted.get(name)
    if found is None:
        return "unknown", f"nobody has posted a result for these files: post {name}"
    evidence = f" ({found.url})" if found.url else ""
    return ("passed" if found.passed else "failed"), (
        f"{found.user} posted that it {'passed' if found.passed else 'failed'}{evidence}"
    )


# ---------------------------------------------------------------- comparisons


def _compare(check: Comparison, facts: Facts, holder: Holder) -> tuple[State, str]:
    for stage in sorted(stages_of(check)):
        _held(stage, holder)
    left, right = (_value(side, facts, holder) for side in (check.left, check.right))
    ordered = check.sign not in ("==", "!=")  # params are texts, and as such '10' is before '9'
    if _is_number(left) or _is_number(right):
        both = isinstance(left, str) and isinstance(right, str)
        left, right = (left, right) if both and not ordered else (_number(left), _number(right))
    holds = _COMPARE[check.sign](left, right)
    if any(isinstance(side, float) and math.isnan(side) for side in (left, right)):
        holds = False  # NaN differs from everything, which must not make "!=" pass
    shown = [_shown(side, facts, holder) for side in (check.left, check.right)]
    where = ", ".join(
        f"version {_held(s, holder).version} in {s}" for s in sorted(stages_of(check))
    )
    sentence = f"{shown[0]} is {'' if holds else 'not '}{check.sign} {shown[1]}"
    return ("passed" if holds else "failed"), sentence + (f" ({where})" if where else "")


def _value(term: Term, facts: Facts, holder: Holder) -> float | str:
    first, rest = _chain(term)
    found: float | str
    if isinstance(first, Constant):
        found = first.value
    else:
        found = _fact(first, _held(first.stage, holder) if first.stage else facts)
    for sign, side in rest:
        right = _number(_value(side, facts, holder))
        if sign == "/" and right == 0:
            raise _Unknown("it divides by zero")
        found = _CALCULATE[sign](_number(found), right)
    return found


def _chain(term: Term) -> tuple[Fact | Constant, list[tuple[str, Term]]]:
    """Return what stands first in a sum, and each sign with what follows it."""
    rest = []
    while isinstance(term, Sum):
        rest.append((term.sign, term.right))
        term = term.left
    return term, rest[::-1]


def _fact(fact: Fact, facts: Facts) -> float | str:
    known: Mapping[str, Any] | None = getattr(facts, fact.kind)
    if known is None:
        raise _Unknown(f"the run of version {facts.version} is not known")
    if fact.key not in known:
        raise _Unknown(f"version {facts.version} has no {fact.kind}.{fact.key}")
    found: float | str = known[fact.key]
    return found


def _number(value: float | str) -> float:
    if not _is_number(value):
        raise _Unknown(f"{str(value)[:60]!r} is not a number")
    return float(value)


def _is_number(value: float | str) -> bool:
    try:
        float(value)
    except ValueError:
        return False
    return not (isinstance(value, str) and "_" in value)


def _shown(term: Term, facts: Facts, holder: Holder) -> str:
    first, rest = _chain(term)
    value = _value(first, facts, holder)
    text = f"{value:.6g}" if isinstance(value, float) else repr(value[:60])
    text = f"{first} {text}" if isinstance(first, Fact) and not first.stage else text
    last = ""
    for sign, side in rest:
        right = _shown(side, facts, holder)
        if sign in "*/":
            text = f"({text})" if last in ("+", "-") else text
            right = f"({right})" if isinstance(side, Sum) and side.sign in "+-" else right
        text, last = f"{text} {sign} {right}", sign
    return text


# ---------------------------------------------------------------- the other kinds


def _is_set(what: Fact | str, facts: Facts, holder: Holder) -> tuple[State, str]:
    if isinstance(what, Fact):
        of = _held(what.stage, holder) if what.stage else facts
        known: Mapping[str, Any] | None = getattr(of, what.kind)
        if known is None:
            raise _Unknown(f"the run of version {of.version} is not known")
        there = str(known.get(what.key, "")) != ""
    elif what == "description":
        there = bool(facts.description.strip())
    elif what == "signature":
        if facts.signature is None:
            raise _Unknown(f"the file MLmodel of version {facts.version} is not known")
        there = any(facts.signature.values())
    else:
        if facts.datasets is None:
            raise _Unknown(f"the run of version {facts.version} is not known")
        there = bool(facts.datasets)
    return ("passed", f"{what} is set") if there else ("failed", f"{what} is not set")


def _same_dataset(facts: Facts, held: Facts, stage: str) -> tuple[State, str]:
    for side in (facts, held):
        if not side.datasets:
            raise _Unknown(f"version {side.version} has no dataset on record")
    if facts.datasets == held.datasets:
        return "passed", f"both have read {_names(facts)}"
    return "failed", (
        f"version {facts.version} has read {_names(facts)}, and version {held.version} in {stage} "
        f"{_names(held)}"
    )


def _names(facts: Facts) -> str:
    return ", ".join(f"{name}@{digest}" for name, digest in sorted(facts.datasets or ()))


def _compatible(facts: Facts, held: Facts, stage: str) -> tuple[State, str]:
    for side in (facts, held):
        if side.signature is None:
            raise _Unknown(f"the file MLmodel of version {side.version} is not known")
        if not side.signature.get("inputs"):
            raise _Unknown(f"version {side.version} has no signature")
    try:
        broken = breaks(held.signature or {}, facts.signature or {})
    except ValueError as problem:
        raise _Unknown(f"a signature cannot be read ({problem})") from None
    if broken:
        return "failed", f"callers of version {held.version} in {stage} break: {'; '.join(broken)}"
    return "passed", f"whoever calls version {held.version} in {stage} can call it"


def _no_pickle(facts: Facts) -> tuple[State, str]:
    if facts.pickled is None:
        raise _Unknown(f"the files of version {facts.version} are not in this registry")
    found, unsure = facts.pickled
    if found:
        return "failed", f"pickled: {_some(found)}"
    if unsure:
        raise _Unknown(f"nobody knows what is in {_some(unsure)}")
    return "passed", "no file is a pickle"


def _some(items: list[str]) -> str:
    more = f" and {len(items) - 5} more" if len(items) > 5 else ""
    return ", ".join(items[:5]) + more
