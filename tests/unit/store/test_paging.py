"""Page tokens."""

from __future__ import annotations

import base64
import json
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from cuvee.api.experiments import SearchExperiments
from cuvee.errors import InvalidParameter
from cuvee.store.paging import MAX_PLANS, MAX_SHAPE, _digest, _open, _seal
from cuvee.store.sql import SqlStore

TYPES = (int, float, str)
ASKED = _digest(["runs", "filter"])


def token_of(*held: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(held).encode()).decode()


@pytest.mark.parametrize("number", [0.0, 0.1, 1e22, -5e-324, float("inf"), float("-inf")])
def test_a_token_brings_back_exactly_what_it_was_given(number: float) -> None:
    last = [2**63 - 1, number, 'é"\\\n𝄞']
    token = _seal(ASKED, last)
    assert token.isascii()
    assert _open(token, ASKED, TYPES) == last


@pytest.mark.parametrize(
    "last",
    [
        (1, 0.5),
        (1, 0.5, "x", "y"),
        ("1", 0.5, "x"),
        (True, 0.5, "x"),
        (2**63, 0.5, "x"),
        (1, 1, "x"),
        (1, float("nan"), "x"),
        (1, None, "x"),
        (1, 0.5, "\0"),
        (1, 0.5, "\ud800"),
        (1, 0.5, ["x"]),
    ],
)
def test_a_forged_token_is_refused(last: tuple[Any, ...]) -> None:
    with pytest.raises(InvalidParameter, match="page_token"):
        _open(token_of(ASKED, *last), ASKED, TYPES)


@pytest.mark.parametrize("token", ["x", "é", "====", "bnVsbA==", "e30=", "W10=", "/+8=", "W" * 9])
def test_what_is_no_token_is_refused(token: str) -> None:
    with pytest.raises(InvalidParameter, match="not one that this server gave out"):
        _open(token, ASKED, TYPES)


@pytest.mark.parametrize("token", ["evilhax", "é", "a b"])
def test_what_is_not_base64_is_said_to_be_so(token: str) -> None:
    with pytest.raises(InvalidParameter, match=r"^Invalid page token, could not base64-decode"):
        _open(token, ASKED, TYPES)


def test_a_token_of_another_question_is_refused() -> None:
    token = _seal(_digest(["runs", "other"]), [1, 0.5, "x"])
    with pytest.raises(InvalidParameter, match="another filter, order or scope"):
        _open(token, ASKED, TYPES)


def test_the_sql_of_some_short_questions_is_kept(tmp_path: Path) -> None:
    with closing(SqlStore.open(f"sqlite:///{tmp_path}/c.db")) as store:
        plans = store.database.plans
        for n in range(MAX_PLANS + 5):
            store.do(SearchExperiments(max_results=10, filter=f"tag.`{n}` = 'x'"))
            store.do(SearchExperiments(max_results=10, filter=f"tag.`{n}` = 'y'"))
            assert len(plans) == n % MAX_PLANS + 1
        long = " AND ".join(f"tag.`{n}` LIKE 'x'" for n in range(MAX_SHAPE))
        store.do(SearchExperiments(max_results=10, filter=long))
        assert len(plans) == 5
