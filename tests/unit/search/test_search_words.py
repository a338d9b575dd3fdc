"""Words that refusals of searches begin with, as clients and tests for MLflow look for them."""

from __future__ import annotations

import pytest

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
from cuvee.search.orders import parse_order

CLAUSES = "Invalid clause(s) in filter string"
UNQUOTED = "Parameter value is either not quoted or unidentified quote types used for string value "
LIST = "While parsing a list in the query, expected "
ORDER = "Invalid order_by clause"
ENTITY = "Invalid entity type "
KEY = "Invalid attribute key "


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("metric.acc >= 0.94; metrics.rmse < 1", "Search filter contained multiple expression"),
        ("m.acc >= 0.94", f"{ENTITY}'m'"),
        ("a.b.c = 1", f"{ENTITY}'a'"),
        ("`nothing`.x < 1", f"{ENTITY}'nothing'"),
        ("acc >= 0.94", f"{KEY}'acc' specified"),
        ("attribute.start != 1", f"{KEY}'start' specified"),
        ("dataset.status = 'true'", "Invalid dataset key 'status' specified"),
        ("metrics.A > 0.1 NAND params.B = 'LR'", CLAUSES),
        ("`metrics.A > 0.1", CLAUSES),
        ("dummy`.A > 0.1", CLAUSES),
        ("metric.model = 'LR'", "Expected numeric value type for metric"),
        ("metrics.acc != foo", "Expected numeric value type for metric"),
        ("start_time > 'a'", "Expected numeric value type for numeric attribute: start_time"),
        ("params.acc = 5", "Expected a quoted string value for parameter"),
        ("tags.acc = 5", "Expected a quoted string value for tag"),
        ("status = 1", "Expected a quoted string value for attributes"),
        ("dataset.name LIKE 1", "Expected a quoted string value for dataset attributes"),
        ("1.0 > metrics.acc", "Invalid comparison clause. Expected 'Identifier' found '1.0'"),
        ("'x' = 'x'", "Invalid comparison clause. Expected 'Identifier' found ''x''"),
        ("params.acc = LR", f"{UNQUOTED}LR. Use either single or double quotes"),
        ("params.acc = `LR`", f"{UNQUOTED}`LR`. Use either single or double quotes"),
        ("status = true", CLAUSES),
        ("params.acc = 'LR", CLAUSES),
        ("params.acc = LR'", CLAUSES),
        ("tags.acc = = 'LR'", CLAUSES),
        ("attribute.status IS 'RUNNING'", CLAUSES),
        ("params.acc LR !=", CLAUSES),
        ("metric.acc !=", CLAUSES),
        ("metrics.abc ~ 1.0", "Invalid comparator '~'"),
        ("params.abc > 'x'", "Invalid comparator '>'"),
        ("start_time LIKE 1234", "Invalid comparator 'LIKE'"),
        ("run_id IN ()", f"{LIST}a non-empty list of string values, but got empty list"),
        (
            "run_id IN (1)",
            f"{LIST}string value, punctuation, or whitespace, but got different type in list: 1",
        ),
        (
            "run_id IN ('a',,'b')",
            f"{LIST}a non-empty list of string values, but got ill-formed list",
        ),
        ("run_id IN ('a', 'b'", CLAUSES),
        ("run_id IN 'a'", CLAUSES),
    ],
)
def test_a_filter_of_runs_is_refused_in_known_words(text: str, words: str) -> None:
    check_filter(text, RUNS, words)


@pytest.mark.parametrize(
    ("text", "language", "words"),
    [
        ("params.x = 'y'", EXPERIMENTS, f"{ENTITY}'params'"),
        ("name > 'x'", EXPERIMENTS, "Invalid comparator '>'"),
        ("name > 'x'", REGISTERED_MODELS, "Invalid comparator for attribute: >"),
        ("tags.a ~ 'x'", MODEL_VERSIONS, "Invalid comparator for tag: ~"),
        ("run_id = 'x'", REGISTERED_MODELS, f"{KEY}'run_id' specified"),
        (
            "name!=something",
            REGISTERED_MODELS,
            f"{UNQUOTED}something. Use either single or double quotes",
        ),
        ("version = 1", MODEL_VERSIONS, f"{KEY}'version' specified"),
        ("foo.x = 'y'", LOGGED_MODELS, "Invalid entity type: 'foo'"),
        ("metrics.a LIKE 1", LOGGED_MODELS, "Invalid comparison operator for metrics.a: 'LIKE'"),
        ("name > 'x'", LOGGED_MODELS, "Invalid comparison operator for attributes.name: '>'"),
        ("name = 'x", LOGGED_MODELS, "Invalid filter string"),
    ],
)
def test_each_search_has_its_own_words(text: str, language: Language, words: str) -> None:
    check_filter(text, language, words)


@pytest.mark.parametrize(
    ("text", "language", "words"),
    [
        ("m.acc", RUNS, f"{ENTITY}'m'"),
        ("acc", RUNS, f"{KEY}'acc' specified"),
        ("dataset.name", RUNS, "Invalid order_by entity: dataset"),
        ("`metrics.A", RUNS, ORDER),
        ("metrics.A != 1", RUNS, ORDER),
        ("1", RUNS, ORDER),
        ("", RUNS, ORDER),
        ("run_id ACS", RUNS, "Invalid ordering key in order_by clause"),
        ("params.a b c", RUNS, ORDER),
        ("run_id ASC blah", RUNS, ORDER),
        ("foo.name", REGISTERED_MODELS, "Invalid order by key 'foo.name' specified"),
        ("foo.`a`", LOGGED_MODELS, "Invalid order by field name: foo.`a`"),
        ("tags.a", EXPERIMENTS, "Invalid order_by entity: tag"),
        ("creation_timestamp DESC", REGISTERED_MODELS, "Invalid order by key 'creation_timestamp'"),
        ("run_id", MODEL_VERSIONS, f"{KEY}'run_id' specified"),
        ("`x`", LOGGED_MODELS, "Invalid order by field name: x"),
    ],
)
def test_an_order_is_refused_in_known_words(text: str, language: Language, words: str) -> None:
    with pytest.raises(InvalidParameter) as caught:
        parse_order([text], language)
    assert caught.value.message.startswith(words)
    assert ". Order error at character " in caught.value.message


def test_an_order_with_the_same_key_twice_is_refused_in_known_words() -> None:
    with pytest.raises(InvalidParameter, match=r"^`order_by` contains duplicate fields\. Order 2 "):
        parse_order(["status", "status DESC"], RUNS)


def check_filter(text: str, language: Language, words: str) -> None:
    with pytest.raises(InvalidParameter) as caught:
        parse_filter(text, language)
    assert caught.value.message.startswith(f"{words}. Filter error at character ")
