"""What Python code can get wrong and a wire cannot: the store in this process refuses it too."""

from __future__ import annotations

import datetime as dt
import decimal
import json
import uuid
from typing import Any

import pytest

from cuvee import api
from cuvee.api.base import Op
from cuvee.api.experiments import CreateExperiment, ExperimentTag
from cuvee.api.metrics import LogMetric, Metric
from cuvee.api.runs import LogBatch, LogParam, RunTag, SetTag
from cuvee.api.wire import decode_body
from cuvee.errors import CuveeError, InvalidParameter
from cuvee.store.sql import SqlStore
from refusals.examples import examples
from refusals.served import check_sentence, dump
from refusals.wrong import ARABIC_ONE, Token, changes


class Odd:
    """Something that is no value of the protocol."""


STRANGERS: list[Any] = [
    None, 5, 1.5, True, b"bytes", bytearray(b"x"), ["x"], {"x": 1}, ("x",), Odd(), Odd, len,
    dt.datetime(2020, 1, 1, tzinfo=dt.timezone.utc), dt.timedelta(1),
    uuid.UUID(int=1),
    decimal.Decimal(1), 1j, {1, 2}, "\ud800", "a\0b", RunTag("a", "b"), ...,
]  # fmt: skip


def refuse(store: SqlStore, op: Op[Any], what: object) -> None:
    """Check that an operation is refused with a sentence."""
    with pytest.raises(InvalidParameter) as caught:
        store.do(op)
    check_sentence(caught.value.message, what)


def test_strange_values_are_refused_and_nothing_is_changed(
    own: SqlStore, seeded: tuple[Any, dict[str, str]]
) -> None:
    run: Any = seeded[1]["run"]
    before = dump(own.database.url)
    for value in STRANGERS:
        refuse(own, CreateExperiment(name=value), value)
        refuse(own, CreateExperiment(name="x", tags=[ExperimentTag("k", value)]), value)
        refuse(own, LogParam(run_id=run, key="p", value=value), value)
        refuse(own, SetTag(run_id=run, key=value, value="x"), value)
        refuse(own, LogBatch(run_id=run, metrics=value), value)
        if type(value) not in (int, float, decimal.Decimal):
            refuse(own, LogMetric(run_id=run, key="m", value=value, timestamp=1), value)
            refuse(own, LogBatch(run_id=run, metrics=[Metric("m", value, 1)]), value)
        if type(value) is not int:
            refuse(own, LogMetric(run_id=run, key="m", value=1.0, timestamp=value), value)
    assert dump(own.database.url) == before


@pytest.mark.parametrize("op", api.ROUTED, ids=lambda op: op.__name__)
def test_what_the_wire_refuses_the_store_refuses(
    own: SqlStore, seeded: tuple[Any, dict[str, str]], op: type[Op[Any]]
) -> None:
    before = dump(own.database.url)
    for where, wrong, changed in changes(op, examples(seeded[1])[op]):
        if "." in where or isinstance(wrong, Token) or wrong in ("absent", None):
            continue
        if isinstance(wrong, str) and where not in ("run_id", "name"):
            continue  # texts for numbers are the wire's to read
        with pytest.raises(CuveeError) as caught:
            own.do(op(**changed))
        assert 400 <= caught.value.status < 500, (where, wrong, caught.value)
        check_sentence(caught.value.message, (where, wrong))
    assert dump(own.database.url) == before


PAGED = [op for op in api.ROUTED if "page_token" in op.__struct_fields__]
ANY = {"ListArtifacts", "ListLoggedModelArtifacts"}
"""Their pages begin behind a path, which need not be there."""
OWN_WORDS = {"Purge", "CollectBlobs", "TagRuns", "RestoreRuns"}


@pytest.mark.parametrize("op", [op for op in PAGED if op.__name__ not in ANY])
def test_every_page_token_from_elsewhere_is_refused_in_known_words(
    own: SqlStore, seeded: tuple[Any, dict[str, str]], op: type[Op[Any]]
) -> None:
    for token in ("x", "-1", ":", ARABIC_ONE, ".", "5.", "9" * 300, "y" * 30_000):
        text = json.dumps({**examples(seeded[1])[op], "page_token": token}).encode()
        with pytest.raises(InvalidParameter) as caught:
            own.do(decode_body(op, text))
        check_sentence(caught.value.message, token[:60])
        if op.__name__ not in OWN_WORDS and len(token) < 60:
            assert "Invalid page token" in caught.value.message, token
