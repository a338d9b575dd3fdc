"""What holds for every test."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from cuvee.client import active, current


@pytest.fixture(autouse=True)
def nothing_stays_chosen() -> Iterator[None]:
    """Fail the test that leaves a tracking URI or an experiment to those after it.

    They would silently be about another store, in whatever order and process they come to run.
    """
    before = chosen()
    yield
    assert chosen() == before, "left to the tests after it"


def chosen() -> tuple[object, ...]:
    """Return what this process works with where a test says nothing."""
    names = ("TRACKING_URI", "REGISTRY_URI", "EXPERIMENT_ID", "EXPERIMENT_NAME", "RUN_ID")
    variables = [os.environ.get(f"CUVEE_{name}") for name in names]
    return current._chosen, active._experiment, variables  # noqa: SLF001  # to ask is to choose
