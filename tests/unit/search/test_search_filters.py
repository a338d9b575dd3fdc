"""Filter text -> tree."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cuvee.errors import InvalidParameter
from cuvee.search.filters import parse_filter
from cuvee.search.languages import (
    EXPERIMENTS,
    LOGGED_MODELS,
    MODEL_VERSIONS,
    REGISTERED_MODELS,
    RUNS,
    Language,
)
from cuvee.search.tree import And, Clause, Kind

LANGUAGES = [RUNS, EXPERIMENTS, REGISTERED_MODELS, MODEL_VERSIONS, LOGGED_MODELS]


def one(text: str, language: Language = RUNS) -> tuple[Kind, str, str, Any]:
    (clause,) = parse_filter(text, language).parts
    assert isinstance(clause, Clause)
    return clause.kind, clause.key, clause.op, clause.value


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_empty_filter_has_no_clauses_and_a_blank_one_is_an_error(language: Language) -> None:
    assert parse_filter("", language) == And(())
    with pytest.raises(InvalidParameter, match="Filter error at character 3: the text ends"):
        parse_filter(" \n", language)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("metrics.rmse < 1", (Kind.METRIC, "rmse", "<", 1)),
        ("metric.a.b.c>=-1.5e-3", (Kind.METRIC, "a.b.c", ">=", -0.0015)),
        ("metrics.`a b/c:d` != .5", (Kind.METRIC, "a b/c:d", "!=", 0.5)),
        ("metrics.1e5 = 5.", (Kind.METRIC, "1e5", "=", 5.0)),
        ("params.'a b' = \"it's\"", (Kind.PARAM, "a b", "=", "it's")),
        ("parameters.\"a`b\" LIKE '%'", (Kind.PARAM, "a`b", "LIKE", "%")),
        ("param.order='x'", (Kind.PARAM, "order", "=", "x")),
        ("tags.mlflow.user ilike 'a''b'", (Kind.TAG, "mlflow.user", "ILIKE", "a''b")),
        ("tag.é is  not\tnull", (Kind.TAG, "é", "IS NOT NULL", None)),
        ("params.x IS NULL", (Kind.PARAM, "x", "IS NULL", None)),
        ("params.x = 'C:\\'", (Kind.PARAM, "x", "=", "C:\\")),
        ("status = 'A AND B'", (Kind.ATTRIBUTE, "status", "=", "A AND B")),
        ("`Run name`='x'", (Kind.ATTRIBUTE, "run_name", "=", "x")),
        ("\"run_id\"='x'", (Kind.ATTRIBUTE, "run_id", "=", "x")),
        ("attr.`run name`='x'", (Kind.ATTRIBUTE, "run_name", "=", "x")),
        ("Created > 5", (Kind.ATTRIBUTE, "start_time", ">", 5)),
        ("run.run_id in('a',\"b\" , 'a',)", (Kind.ATTRIBUTE, "run_id", "IN", ("a", "b"))),
        ("run_id Not In ('a')", (Kind.ATTRIBUTE, "run_id", "NOT IN", ("a",))),
        ("datasets.context != 'x'", (Kind.DATASET, "context", "!=", "x")),
    ],
)
def test_a_comparison_of_runs(text: str, expected: tuple[Kind, str, str, Any]) -> None:
    assert one(text) == expected


@pytest.mark.parametrize(
    ("text", "place", "found", "expected"),
    [
        ("metrics.a-b < 1", 10, "-b", "backticks"),
        ("metrics.x < '1'", 13, "'1'", "a number without quotes"),
        ("metrics.x < +1", 13, "+1", "a number such as"),
        ("metrics.x < 0x10", 13, "0x10", "a number such as"),
        ("metrics.x < nan", 13, "nan", "a number without quotes"),
        ("metrics.x LIKE 'a'", 11, "LIKE", "operators =, !=, >"),
        ("metrics.x IS NULL", 11, "IS", "operators"),
        ("metrics.x BETWEEN 1 AND 2", 11, "BETWEEN", "operators"),
        ("metrics . x < 1", 9, ".", "a key such as"),
        ("`metrics.x` < 1", 1, "`metrics.x`", "one of run_id, status"),
        ("params.x = y", 12, "y", "a text in quotes"),
        ("params.x = `y`", 12, "`y`", "a text in quotes"),
        ("params.x = 'y", 12, "'", "a closing '"),
        ("params.x = 1", 12, "1", "a text in quotes"),
        ("params.x == 'y'", 10, "==", "operators"),
        ("params.x <> 'y'", 10, "<>", "operators"),
        ("params.x IN ('y')", 10, "IN", "operators"),
        ("params.x NOT LIKE 'y'", 10, "NOT", "operators"),
        ("params. = 'y'", 1, "params.", "a key after 'params.'"),
        ("params.`` = 'y'", 1, "params.``", "a key after 'params.'"),
        ("PARAMS.x = 'y'", 1, "PARAMS.x", "type words attribute"),
        ("foo = 'y'", 1, "foo", "one of run_id"),
        ("dataset.foo = 'y'", 1, "dataset.foo", "one of dataset.name, dataset.digest"),
        ("status = 'A';", 13, ";", "letters"),
        ("(status = 'A')", 1, "(", "a name"),
        ("NOT status = 'A'", 1, "NOT", "one of run_id"),
        ("'run_id' = 'A'", 1, "'run_id'", "a name"),
        ("status = 'A' OR status = 'B'", 14, "OR", "AND or the end"),
        ("status = 'A' AND AND status = 'B'", 18, "AND", "one of run_id"),
        ("status = 'A' status = 'B'", 14, "status", "AND or the end"),
        ("run_id IN ()", 12, ")", "a text in quotes"),
        ("run_id IN 'a'", 11, "'a'", "a list"),
        ("run_id IN ('a' 'b')", 16, "'b'", "a comma"),
        ("run_id IN (1)", 12, "1", "a text in quotes"),
        ("run_id IN ('a'", 15, "", "a comma"),
        ("status", 7, "", "operators"),
        ("status =", 9, "", "a text in quotes"),
        ("experiment_id = '1'", 1, "experiment_id", "one of run_id"),
    ],
)
def test_an_error_names_the_place_what_was_found_and_what_was_expected(
    text: str, place: int, found: str, expected: str
) -> None:
    with pytest.raises(InvalidParameter) as caught:
        parse_filter(text, RUNS)
    head, _, tail = caught.value.message.partition("; expected ")
    what = f"found {found}" if found else "the text ends"
    assert head == f"Filter error at character {place}: {what}"
    assert expected in tail


def test_clauses_are_joined_by_and_in_any_case_and_one_more_at_the_end_is_fine() -> None:
    text = "status='A'AND metrics.x=1 and\nparams.y='z' And"
    assert [c.key for c in parse_filter(text, RUNS).parts if isinstance(c, Clause)] == [
        "status",
        "x",
        "y",
    ]


def test_a_clause_that_is_repeated_counts_once() -> None:
    assert len(parse_filter("status='A' AND status = 'A' AND status='B'", RUNS).parts) == 2


def test_experiments_know_operator_words_in_upper_case_only() -> None:
    assert one("name LIKE 'a'", EXPERIMENTS)[2] == "LIKE"
    with pytest.raises(InvalidParameter, match="in upper case"):
        one("name like 'a'", EXPERIMENTS)


def test_times_of_experiments_are_compared_with_whole_numbers_only() -> None:
    assert one("creation_time > -5", EXPERIMENTS)[3] == -5
    for number in ("5.5", "1e3", "'5'"):
        with pytest.raises(InvalidParameter, match="a whole number"):
            one(f"creation_time > {number}", EXPERIMENTS)


def test_version_numbers_may_be_quoted() -> None:
    assert one("version_number = '5'", MODEL_VERSIONS) == one("version_number=5", MODEL_VERSIONS)


def test_texts_of_logged_models_may_stand_without_quotes() -> None:
    assert one("name = tree", LOGGED_MODELS)[3] == "tree"
    assert one('params.depth = "3"', LOGGED_MODELS) == one("params.depth = 3", LOGGED_MODELS)


def test_the_status_of_logged_models_is_a_number_or_a_name() -> None:
    for text in ("2", "'2'", "READY", "'LOGGED_MODEL_READY'"):
        assert one(f"status = {text}", LOGGED_MODELS)[3] == 2


def test_numbers_of_any_length_are_read() -> None:
    assert one(f"start_time < {'9' * 500_000}")[3] == float("inf")
    assert one(f"metrics.x > -{'9' * 39}")[3] == -int("9" * 39)


def test_a_filter_may_have_very_many_clauses_but_not_more_than_a_million_characters() -> None:
    text = " AND ".join(f"params.p{i} = 'x'" for i in range(40_000))
    assert len(parse_filter(text, RUNS).parts) == 40_000
    with pytest.raises(InvalidParameter, match="1000000 are allowed"):
        parse_filter(text + " " * 1_000_000, RUNS)


_PIECES = st.sampled_from(
    ["metrics", "params", "run_id", "AND", "IN", "LIKE", "IS", "NULL", "NOT", "!=", "'a'", "\x85"]
) | st.sampled_from(". x=<'\"`1-e(),é\\;\n")


@given(st.lists(_PIECES).map("".join) | st.text(), st.sampled_from(LANGUAGES))
def test_any_text_is_read_or_refused(text: str, language: Language) -> None:
    try:
        tree = parse_filter(text, language)
    except InvalidParameter as refused:
        assert refused.message.startswith("Filter error at character ")  # noqa: PT017
    else:
        assert isinstance(tree, And)
