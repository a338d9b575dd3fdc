"""Checks are read exactly, refused with the place, and never pass on what is not known."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cuvee.errors import InvalidParameter
from cuvee.rules.checks import Facts, Posted, Result, evaluate
from cuvee.rules.expressions import Named, metrics_of, parse_check, stages_of
from cuvee.rules.signatures import breaks


def signature(inputs: Any = (), outputs: Any = (), params: Any = ()) -> dict[str, str]:
    return {
        "inputs": json.dumps(list(inputs)),
        "outputs": json.dumps(list(outputs)),
        "params": json.dumps(list(params)),
    }


def column(name: str, kind: str = "double", **more: Any) -> dict[str, Any]:
    return {"name": name, "type": kind, "required": True, **more}


CALL = signature([column("acid"), column("ph", required=False)], [column("quality", "long")])
OLD = Facts(
    version="3",
    metrics={"rmse": 0.55},
    params={"depth": "4"},
    tags={},
    datasets=frozenset({("wine", "a1")}),
    signature=CALL,
    pickled=([], []),
)
NEW = Facts(
    version="4",
    metrics={"rmse": 0.5, "val/rmse": 0.6, "odd": math.nan},
    params={"depth": "5", "loss": "l2"},
    tags={"ticket": "W-1", "blank": ""},
    datasets=frozenset({("wine", "a1")}),
    description="better",
    signature=CALL,
    pickled=([], []),
    posted={"golden-set": Posted(passed=True, user="ci"), "load": Posted(passed=False, user="ci")},
)


def holder(stage: str) -> Facts | None:
    return OLD if stage.lower() == "production" else None


def ask(text: str, facts: Facts = NEW) -> Result:
    return evaluate(text, facts, holder)


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("metrics.rmse <= production.metrics.rmse * 0.99", "passed"),
        ("metrics.rmse <= production.metrics.rmse * 0.5", "failed"),
        ("metrics.rmse <= staging.metrics.rmse * 0.5", "passed"),
        ("metrics.rmse < (production.metrics.rmse - 0.01) / 1 + -0.01", "passed"),
        ("metrics.'val/rmse' == .6", "passed"),
        ("metrics.odd != 1", "failed"),
        ("metrics.odd < 1", "failed"),
        ("metrics.r2 > 0.5", "unknown"),
        ("metrics.rmse / 0 > 0.5", "unknown"),
        ("metrics.rmse <= production.metrics.mae", "unknown"),
        ("params.depth == 5", "passed"),
        ("params.depth > production.params.depth", "passed"),
        ("params.loss == 'l2'", "passed"),
        ('params.loss != "l2"', "failed"),
        ("params.loss > 3", "unknown"),
        ("tags.ticket is set", "passed"),
        ("tags.blank is set", "failed"),
        ("tags.none is set", "failed"),
        ("description is set", "passed"),
        ("signature is set", "passed"),
        ("dataset is set", "passed"),
        ("dataset is production.dataset", "passed"),
        ("dataset is uat.dataset", "passed"),
        ("signature compatible with production", "passed"),
        ("Signature Compatible With 'Shadow Prod'", "passed"),
        ("no pickle", "passed"),
        ("golden-set", "passed"),
        ("load", "failed"),
        ("other", "unknown"),
    ],
)
def test_checks_say_passed_failed_or_unknown(text: str, state: str) -> None:
    found = ask(text)

    assert found.state == state, found.sentence
    assert found.sentence


def test_texts_that_are_numbers_come_in_the_order_of_numbers() -> None:
    ten = Facts(version="4", params={"depth": "10", "when": "2026-02-01", "odd": "nan", "n": "1_0"})
    nine = Facts(version="3", params={"depth": "9", "when": "2026-01-15", "odd": "1"})

    def asked(text: str) -> str:
        return evaluate(text, ten, lambda _: nine).state

    assert asked("params.depth <= production.params.depth") == "failed"
    assert asked("production.params.depth < params.depth") == "passed"
    assert asked("params.depth <= '9'") == "failed"
    assert asked("params.when > production.params.when") == "passed"  # neither is a number
    assert asked("params.when > params.depth") == "unknown"
    assert asked("params.depth > 'high'") == "unknown"
    for sign in ("<", "<=", ">", ">="):
        assert asked(f"params.odd {sign} production.params.odd") == "failed"
    assert asked("params.n > 9") == "unknown"  # '1_0' is a number for Python only
    assert asked("params.depth == '10.0'") == "failed"  # as texts these differ
    assert asked("params.depth == 10") == "passed"


@pytest.mark.parametrize("sign", ["+", "-", "*", "/"])
def test_a_check_of_any_length_is_evaluated(sign: str) -> None:
    long = f"metrics.rmse {sign} production.metrics.rmse" + f"{sign}1" * 470
    assert len(long) <= 1000
    for text in (f"{long} < 1000000", f"1000000 > {long}"):
        result = ask(text)
        assert result.state == "passed"
        assert "(version 3 in production)" in result.sentence
    assert metrics_of(parse_check(f"{long} < 1")) == ["rmse"]


def test_a_failed_comparison_shows_the_numbers_and_the_version_compared_with() -> None:
    assert ask("metrics.rmse <= production.metrics.rmse * 0.5").sentence == (
        "metrics.rmse 0.5 is not <= 0.55 * 0.5 (version 3 in production)"
    )


def test_without_a_holder_a_comparison_passes_and_says_so() -> None:
    found = ask("metrics.r2 >= staging.metrics.r2")

    assert (found.state, "no other version is in staging" in found.sentence) == ("passed", True)


@pytest.mark.parametrize(
    "text",
    [
        "metrics.rmse <= 1",
        "metrics.rmse is set",
        "params.depth == 5",
        "dataset is set",
        "dataset is production.dataset",
        "signature is set",
        "signature compatible with production",
        "no pickle",
        "golden-set",
    ],
)
def test_what_is_not_known_never_passes(text: str) -> None:
    assert ask(text, Facts(version="9")).state == "unknown"


@pytest.mark.parametrize(
    ("pickled", "state"),
    [
        ((["model.pkl"], []), "failed"),
        ((["model.pkl"], ["data.bin"]), "failed"),
        (([], ["data.bin"]), "unknown"),
        (([], []), "passed"),
    ],
)
def test_no_pickle_passes_only_when_every_file_is_known(
    pickled: tuple[list[str], list[str]], state: str
) -> None:
    assert ask("no pickle", Facts(version="4", pickled=pickled)).state == state


@pytest.mark.parametrize(
    ("text", "place", "expected"),
    [
        ("metrics.rmse <=", 16, "a fact such as metrics.rmse"),
        ("metrics.rmse", 13, "'is set' or a comparison"),
        ("metrics.rmse < 1 extra", 18, "the end of the check"),
        ("metrics. < 1", 10, "a key"),
        ("metrics < 1", 9, "'.' and a key after metrics"),
        ("rmse < 1", 1, "a fact (metrics.<key>"),
        ("production.rmse < 1", 12, "one of metrics, params, tags"),
        ("(metrics.rmse < 1", 15, "')'"),
        ("metrics.rmse < 1e999", 16, "a smaller number"),
        ("metrics.rmse = 1", 14, "a name, a number or an operator"),
        ("no", 3, "'pickle'"),
        ("no pickles", 4, "'pickle'"),
        ("signature compatible production", 22, "'with' and a stage"),
        ("signature compatible with", 26, "a stage such as production"),
        ("dataset is production", 22, "'.dataset"),
        ("description is", 15, "'set'"),
        ("golden set", 1, "a fact (metrics.<key>"),
        ("1 < 2", 1, "a fact on one side"),
        ("", 1, "a fact"),
        ("__import__('os')", 1, "a fact"),
        ("(" * 500, 42, "no more than 40"),
        ("-" * 500, 42, "no more than 40"),
    ],
)
def test_a_check_that_cannot_be_read_says_where_and_what_was_expected(
    text: str, place: int, expected: str
) -> None:
    if text == "no":
        assert parse_check(text) == Named("no")  # one word is a name
        return
    with pytest.raises(InvalidParameter) as refused:
        parse_check(text)

    assert f"at character {place}: expected " in refused.value.message
    assert expected in refused.value.message


def test_stages_that_a_check_looks_at_are_found() -> None:
    assert stages_of(parse_check("metrics.a < uat.metrics.a + 'Big One'.metrics.a")) == {
        "uat",
        "Big One",
    }
    assert stages_of(parse_check("golden-set")) == set()


def read(text: str) -> str:
    """Return what comes of a text: the state, or the refusal."""
    try:
        return ask(text).state
    except InvalidParameter as problem:
        return problem.message


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused_with_a_sentence(text: str) -> None:
    assert read(text) in STATES or "cannot be read at character" in read(text)


STATES = ("passed", "failed", "unknown")
WORDS = ["metrics", ".", "rmse", "<=", "production", "*", "(", ")", "-", "1", "is", "set", "'a'"]


@given(st.lists(st.sampled_from(WORDS), max_size=9).map(" ".join))
def test_any_words_of_the_language_are_read_or_refused(text: str) -> None:
    assert read(text) in STATES or "cannot be read at character" in read(text)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (CALL, CALL, ""),
        (CALL, signature([column("acid")], [column("quality", "long"), column("sd")]), ""),
        (
            CALL,
            signature([column("acid"), column("sugar")], [column("quality", "long")]),
            "'sugar'",
        ),
        (CALL, signature([column("acid"), column("ph")], [column("quality", "long")]), "optional"),
        (CALL, signature([column("acid", "string")], [column("quality", "long")]), "'acid' was"),
        (CALL, signature([column("acid")]), "output 'quality' is gone"),
        (CALL, signature([column("acid")], [column("quality", "double")]), "output 'quality' was"),
        (
            signature([column("n", "integer")], [column("y")]),
            signature([column("n", "long")], [column("y", "float")]),
            "",
        ),
        (
            signature([{"type": "tensor", "tensor-spec": {"dtype": "float32", "shape": [-1, 4]}}]),
            signature([{"type": "tensor", "tensor-spec": {"dtype": "float32", "shape": [-1, 5]}}]),
            "tensor",
        ),
        (
            signature([column("a")], params=[column("t", "double", shape=None)]),
            signature([column("a")]),
            "param 't' is gone",
        ),
        (
            signature([column("o", "object", properties={"a": {"type": "long"}})]),
            signature(
                [column("o", "object", properties={"a": {"type": "long"}, "b": column("b")})]
            ),
            "'o' was object",
        ),
    ],
)
def test_signatures_are_compatible_when_callers_of_the_old_can_call_the_new(
    old: dict[str, str], new: dict[str, str], said: str
) -> None:
    found = "; ".join(breaks(old, new))

    assert said in found
    assert bool(found) == bool(said)


@given(st.dictionaries(st.sampled_from(["inputs", "outputs", "params"]), st.text(max_size=20)))
def test_a_broken_signature_is_told_and_never_passes(raw: dict[str, str]) -> None:
    broken = Facts(version="4", signature={"inputs": "{", **raw})
    assert ask("signature compatible with production", broken).state != "passed"


TYPES = st.sampled_from(["integer", "long", "float", "double", "string", "any"])
SCHEMAS = st.dictionaries(
    st.sampled_from("abcd"), st.tuples(TYPES, st.booleans()), min_size=1, max_size=4
).map(lambda d: [column(n, t, required=r) for n, (t, r) in d.items()])


@given(SCHEMAS, SCHEMAS, SCHEMAS)
def test_compatibility_is_reflexive_and_transitive(a: Any, b: Any, c: Any) -> None:
    first, second, third = (signature(inputs, [column("y")]) for inputs in (a, b, c))
    assert breaks(first, first) == []
    shared = {s["name"] for s in a} & {s["name"] for s in c} <= {s["name"] for s in b}
    if shared and not breaks(first, second) and not breaks(second, third):
        assert breaks(first, third) == []
