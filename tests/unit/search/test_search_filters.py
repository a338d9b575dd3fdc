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
from cuvee.search.tokens import SearchError
from cuvee.search.tree import And, Clause, Kind, Node, Not, Or, Side

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
        ("tags.a contains '%'", (Kind.TAG, "a", "CONTAINS", "%")),
        ("tags.mlflow.user ilike 'a''b'", (Kind.TAG, "mlflow.user", "ILIKE", "a''b")),
        ("tag.é is  not\tnull", (Kind.TAG, "é", "IS NOT NULL", None)),
        ("params.x IS NULL", (Kind.PARAM, "x", "IS NULL", None)),
        ("params.x = 'C:\\'", (Kind.PARAM, "x", "=", "C:\\")),
        ("status = 'A AND B'", (Kind.ATTRIBUTE, "status", "=", "A AND B")),
        ("`Run name`='x'", (Kind.ATTRIBUTE, "run_name", "=", "x")),
        ("\"run_id\"='x'", (Kind.ATTRIBUTE, "run_id", "=", "x")),
        ("attr.`run name`='x'", (Kind.ATTRIBUTE, "run_name", "=", "x")),
        ("`metrics`.`a b` < 1", (Kind.METRIC, "a b", "<", 1)),
        ("`metric`.m < 1", (Kind.METRIC, "m", "<", 1)),
        ("`attributes`.`start_time` > 5", (Kind.ATTRIBUTE, "start_time", ">", 5)),
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
        ("metrics . x < 1", 9, ".", "a key such as"),
        ("`metrics.x` < 1", 1, "`metrics.x`", "one of run_id, status"),
        ("`a b`.x < 1", 6, ".x", "a key such as"),
        ("`metrics`. < 1", 1, "`metrics`.", "a key after 'metrics.'"),
        ("`.x` < 1", 1, "`.x`", "one of run_id, status"),
        ("`nothing`.x < 1", 1, "`nothing`.x", "one of the type words"),
        ("`parent`.`x` < 1", 1, "`parent`.`x`", "one of the type words"),
        ("params.x = y", 12, "y", "a text in quotes"),
        ("params.x = `y`", 12, "`y`", "a text in quotes"),
        ("params.x = 'y", 12, "'", "a closing '"),
        ("params.x = 1", 12, "1", "a text in quotes"),
        ("params.x == 'y'", 10, "==", "operators"),
        ("params.x <> 'y'", 10, "<>", "operators"),
        ("params.x NOT LIKE 'y'", 10, "NOT", "operators"),
        ("params. = 'y'", 1, "params.", "a key after 'params.'"),
        ("params.`` = 'y'", 1, "params.``", "a key after 'params.'"),
        ("PARAMS.x = 'y'", 1, "PARAMS.x", "type words attribute"),
        ("foo = 'y'", 1, "foo", "one of run_id"),
        ("dataset.foo = 'y'", 1, "dataset.foo", "one of dataset.name, dataset.digest"),
        ("status = 'A';", 13, ";", "AND between two comparisons"),
        ("metrics.x ~ 1", 11, "~", "one of the operators"),
        ("'run_id' = 'A'", 1, "'run_id'", "a name"),
        ("status = 'A' AND AND status = 'B'", 18, "AND", "one of run_id"),
        ("status = 'A' status = 'B'", 14, "status", "AND, OR or the end"),
        ("run_id IN ()", 12, ")", "a text in quotes"),
        ("run_id IN 'a'", 11, "'a'", "a list"),
        ("run_id IN ('a' 'b')", 16, "'b'", "a comma"),
        ("run_id IN (1)", 12, "1", "a text in quotes"),
        ("run_id IN ('a'", 15, "", "a comma"),
        ("status", 7, "", "operators"),
        ("status =", 9, "", "a text in quotes"),
        ("experiment_id = '1'", 1, "experiment_id", "one of run_id"),
        ("(status = 'A'", 14, "", "AND, OR or a closing parenthesis"),
        ("(status = 'A' AND)", 18, ")", "one of run_id"),
        ("status = 'A')", 13, ")", "AND, OR or the end"),
        ("status = 'A' OR", 16, "", "one of run_id"),
        ("()", 2, ")", "one of run_id"),
        ("NOT", 4, "", "one of run_id"),
        ("metrics.x BETWEEN 1 2", 21, "2", "AND and the upper bound"),
        ("metrics.x BETWEEN 1", 20, "", "AND and the upper bound"),
        ("metrics.x IN ('1')", 15, "'1'", "a number without quotes"),
        ("params.x BETWEEN 'a' AND 'b'", 10, "BETWEEN", "operators"),
        ("metrics.x NOT < 1", 11, "NOT", "operators"),
        ("min(params.x) < 1", 5, "params.x", "metrics.<key> in min()"),
        ("number(metrics.x) < 1", 8, "metrics.x", "params.<key> or tags.<key>"),
        ("max(metrics.x < 1", 15, "<", "a closing parenthesis for max("),
        ("at(metrics.x) < 1", 13, ")", "a comma and a step"),
        ("at(metrics.x, 1.5) < 1", 15, "1.5", "a whole number"),
        ("at(metrics.x, 9223372036854775808) < 1", 15, "9223372036854775808", "64 bits"),
        ("median(metrics.x) < 1", 1, "median", "one of run_id"),
        ("metrics.x < params.y", 13, "params.y", "another metric"),
        ("metrics.x < number(params.y", 28, "", "a closing parenthesis"),
        ("parent.metrics.x < metrics.x", 20, "metrics.x", "the same run"),
        ("parent.parent.status = 'A'", 1, "parent.parent.status", "type words"),
        ("at(parent.metrics.x, 1) < 1", 4, "parent.metrics.x", "the run itself"),
        ("model.foo = 'a'", 1, "model.foo", "one of model.name"),
        ("children.count > 0.5", 18, "0.5", "a whole number"),
        ("depth > 'a'", 9, "'a'", "a whole number"),
        ("root LIKE 'a'", 6, "LIKE", "one of the operators =, !=, IN, NOT IN"),
        ("parent.depth = 1", 1, "parent.depth", "depth is of the run itself"),
    ],
)
def test_an_error_names_the_place_what_was_found_and_what_was_expected(
    text: str, place: int, found: str, expected: str
) -> None:
    with pytest.raises(InvalidParameter) as caught:
        parse_filter(text, RUNS)
    head, _, tail = caught.value.message.partition("; expected ")
    what = f"found {found}" if found else "the text ends"
    words, _, found_at = head.partition(". Filter error ")
    assert found_at == f"at character {place}: {what}"
    assert words
    assert expected in tail


def test_clauses_are_joined_by_and_in_any_case_and_one_more_at_the_end_is_fine() -> None:
    text = "status='A'AND metrics.x=1 and\nparams.y='z' And"
    assert [c.key for c in parse_filter(text, RUNS).parts if isinstance(c, Clause)] == [
        "status",
        "x",
        "y",
    ]


A, B, C = (Clause(Kind.METRIC, key, "=", 1) for key in "abc")


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("{a} OR {b}", Or((A, B))),
        ("{a} or {b} AND {c}", Or((A, And((B, C))))),
        ("({a} OR {b}) AND {c}", And((Or((A, B)), C))),
        ("not {a} and {b}", And((Not(A), B))),
        ("NOT ({a} AND {b})", Not(And((A, B)))),
        ("NOT NOT {a}", Not(Not(A))),
        ("(({a}))", A),
        ("({a} AND ({b} AND {c}))", And((A, B, C))),
        ("{a} OR {a}", A),
        ("({a} OR {b}) AND", Or((A, B))),
    ],
)
def test_not_binds_closest_then_and_then_or(text: str, tree: Node) -> None:
    given = {key: f"metrics.{key} = 1" for key in "abc"}
    found = parse_filter(text.format(**given), RUNS)
    assert found == (tree if isinstance(tree, And) else And((tree,)))


@pytest.mark.parametrize(
    ("text", "clause"),
    [
        ("metrics.x IN (1, 2.5,)", Clause(Kind.METRIC, "x", "IN", (1, 2.5))),
        ("metrics.x not between -1 and 2", Clause(Kind.METRIC, "x", "NOT BETWEEN", (-1, 2))),
        ("metrics.x is null", Clause(Kind.METRIC, "x", "IS NULL", None)),
        ("end_time IS NOT NULL", Clause(Kind.ATTRIBUTE, "end_time", "IS NOT NULL", None)),
        ("min(metric.`a b`) < 1", Clause(Kind.METRIC, "a b", "<", 1, "min")),
        ("last(metrics.x) = 1", Clause(Kind.METRIC, "x", "=", 1)),
        ("at(metrics.x, -5) = 1", Clause(Kind.METRIC, "x", "=", 1, "at", -5)),
        ("number(tags.n) >= 1", Clause(Kind.TAG, "n", ">=", 1, "number")),
        ("metrics.x < max(metrics.y)",
         Clause(Kind.METRIC, "x", "<", Side(Kind.METRIC, "y", "max"))),
        ("parent.metrics.`x y` < 1", Clause(Kind.METRIC, "x y", "<", 1, via="parent")),
        ("children.status = 'A'", Clause(Kind.ATTRIBUTE, "status", "=", "A", via="children")),
        ("best(parent.metrics.x) > 1", Clause(Kind.METRIC, "x", ">", 1, "best", via="parent")),
        ("parent IS NULL", Clause(Kind.ATTRIBUTE, "parent", "IS NULL", None)),
        ("children.count > 3", Clause(Kind.CHILDREN, "count", ">", 3)),
        ("attributes.depth BETWEEN 1 AND 2",
         Clause(Kind.ATTRIBUTE, "depth", "BETWEEN", (1, 2))),
        ("run.root IN ('a')", Clause(Kind.ATTRIBUTE, "root", "IN", ("a",))),
        ("model.version = '3'", Clause(Kind.MODEL, "version", "=", 3)),
        ("params.parent.x = 'a'", Clause(Kind.PARAM, "parent.x", "=", "a")),
    ],
)  # fmt: skip
def test_what_mlflow_does_not_have(text: str, clause: Clause) -> None:
    assert parse_filter(text, RUNS) == And((clause,))


def test_groups_are_nested_up_to_a_bound() -> None:
    deep = "(" * 16 + "NOT " * 16 + "metrics.x = 1" + ")" * 16
    assert len(parse_filter(deep, RUNS).parts) == 1
    with pytest.raises(SearchError, match="character 82: found NOT; expected at most 32"):
        parse_filter(" " + deep.replace("NOT", "NOT NOT", 1), RUNS)


def test_a_clause_that_is_repeated_counts_once() -> None:
    assert len(parse_filter("status='A' AND status = 'A' AND status='B'", RUNS).parts) == 2


def test_experiments_know_operator_words_in_upper_case_only() -> None:
    assert one("name LIKE 'a'", EXPERIMENTS)[2] == "LIKE"
    with pytest.raises(InvalidParameter, match="in upper case"):
        one("name like 'a'", EXPERIMENTS)
    assert one("tags.a is null", EXPERIMENTS)[2] == "IS NULL"
    assert one("tags.a Is not Null", EXPERIMENTS)[2] == "IS NOT NULL"


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


_WORDS = (
    "metrics params run_id AND OR IN LIKE IS NULL NOT BETWEEN != 'a' children.count parent. \x85"
)
_PIECES = st.sampled_from(
    [*_WORDS.split(" "), " ", "min(", "at(", "model.name", "metrics.x < 1"]
) | st.sampled_from(". x=<'\"`1-e(),é\\;\n")


@given(st.lists(_PIECES).map("".join) | st.text(), st.sampled_from(LANGUAGES))
def test_any_text_is_read_or_refused(text: str, language: Language) -> None:
    try:
        tree = parse_filter(text, language)
    except InvalidParameter as refused:
        assert ". Filter error at character " in refused.message  # noqa: PT017
        words = refused.message.split(" ")[0]
        assert words in ("Invalid", "Expected", "Parameter", "While", "Search")
    else:
        assert isinstance(tree, And)
