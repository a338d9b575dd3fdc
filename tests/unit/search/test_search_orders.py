"""Order texts -> keys to sort by."""

from __future__ import annotations

import pytest

from cuvee.errors import InvalidParameter
from cuvee.search.languages import EXPERIMENTS, MODEL_VERSIONS, REGISTERED_MODELS, RUNS, Language
from cuvee.search.orders import parse_order
from cuvee.search.tree import Kind, OrderKey


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("metrics.rmse", OrderKey(Kind.METRIC, "rmse")),
        ("metric.`a b` desc", OrderKey(Kind.METRIC, "a b", descending=True)),
        ("`metrics`.`a b` desc", OrderKey(Kind.METRIC, "a b", descending=True)),
        ("params.desc  DESC ", OrderKey(Kind.PARAM, "desc", descending=True)),
        ('tags."x" ASC', OrderKey(Kind.TAG, "x")),
        ("Created Desc", OrderKey(Kind.ATTRIBUTE, "start_time", descending=True)),
        ("attributes.start_time", OrderKey(Kind.ATTRIBUTE, "start_time")),
        ("run_name", OrderKey(Kind.ATTRIBUTE, "run_name")),
    ],
)
def test_a_key_of_runs_and_its_direction(text: str, expected: OrderKey) -> None:
    assert parse_order([text], RUNS) == (expected,)


@pytest.mark.parametrize(
    ("text", "language", "place"),
    [
        ("", RUNS, 1),
        ("  ", RUNS, 3),
        ("foo", RUNS, 1),
        ("experiment_id", RUNS, 1),
        ("dataset.name", RUNS, 1),
        ("metrics.x NULLS LAST", RUNS, 11),
        ("metrics.x, metrics.y", RUNS, 10),
        ("run name", RUNS, 1),
        ("metrics.x DESC DESC", RUNS, 16),
        ("tags.x", EXPERIMENTS, 1),
        ("attributes.name", EXPERIMENTS, 1),
        ("creation_timestamp", REGISTERED_MODELS, 1),
        ("current_stage", MODEL_VERSIONS, 1),
    ],
)
def test_an_error_names_the_place(text: str, language: Language, place: int) -> None:
    with pytest.raises(InvalidParameter, match=f"Order error at character {place}: "):
        parse_order([text], language)


def test_an_error_names_which_of_several_texts_is_meant() -> None:
    with pytest.raises(InvalidParameter, match="Order 2 error at character 1"):
        parse_order(["run_id", "foo"], RUNS)


def test_a_repeated_key_is_refused_except_for_experiments() -> None:
    with pytest.raises(InvalidParameter, match="'start_time' occurs twice"):
        parse_order(["start_time", "Created DESC"], RUNS)
    assert parse_order(["name DESC", "name"], EXPERIMENTS) == (
        OrderKey(Kind.ATTRIBUTE, "name", descending=True),
    )


def test_the_number_of_keys_is_limited() -> None:
    assert len(parse_order([f"metrics.m{i}" for i in range(30)], RUNS)) == 30
    with pytest.raises(InvalidParameter, match="30 are allowed"):
        parse_order([f"metrics.m{i}" for i in range(31)], RUNS)
