"""Whole numbers at both ends of what each field allows: answered, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from msgspec import inspect

from cuvee import api
from cuvee.api.base import Op
from cuvee.api.fields import bare
from cuvee.api.wire import encode, recheck
from cuvee.blobs.local import LocalBlobs
from cuvee.errors import CuveeError
from cuvee.store.sql import SqlStore
from refusals.examples import examples, seed

AnyOp = type[Op[Any]]


def ranges(op: AnyOp) -> dict[str, tuple[int, int]]:
    """Return the least and the greatest number of each field that is one."""
    info = inspect.type_info(op)
    assert isinstance(info, inspect.StructType)
    fields = {f.name: bare(f.type) for f in info.fields}
    return {
        name: (kind.ge or 0, kind.le or 0)
        for name, kind in fields.items()
        if isinstance(kind, inspect.IntType)
    }


def status(store: SqlStore, op: Op[Any]) -> int:
    """Carry out an operation, and return the status that a server would answer with."""
    try:
        op.check()
        encode(store.do(op))
    except CuveeError as refused:
        return refused.status
    return 200


WITH_NUMBERS = [op for op in api.ROUTED if ranges(op)]


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def filled(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[SqlStore, dict[str, str]]]:
    """Return a store that may be filled with anything, and the ids in it."""
    folder = tmp_path_factory.mktemp("numbers")
    url = f"sqlite:///{folder}/cuvee.db"
    if request.param == "postgresql":
        import psycopg

        base: str = request.getfixturevalue("postgres_url")
        with psycopg.connect(base, autocommit=True) as connection:
            connection.execute("CREATE DATABASE numbers")
        url = base.replace("/postgres?", "/numbers?")
    store = SqlStore.open(url)
    store.blobs = LocalBlobs(folder / "artifacts")
    yield store, seed(store)
    store.close()


@pytest.mark.parametrize("op", WITH_NUMBERS, ids=lambda op: op.__name__)
def test_a_number_at_the_end_of_its_range_is_answered(
    filled: tuple[SqlStore, dict[str, str]], op: AnyOp
) -> None:
    store, ids = filled
    fields = examples(ids)[op]
    ends = ranges(op)
    tried = [{name: end} for name, both in ends.items() for end in both]
    tried += [{name: both[i] - i for name, both in ends.items()} for i in (0, 1)]
    tried += [{n: min(max(2**31, low), high)} for n, (low, high) in ends.items()]
    for numbers in tried:
        asked = recheck(op(**{**fields, **numbers}))
        assert status(store, asked) < 500, numbers
