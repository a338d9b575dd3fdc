"""The wine story with every client, on SQLite and on PostgreSQL."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from clients.environments import since

pytestmark = pytest.mark.clients

RunFlow = Callable[..., dict[str, Any]]


@pytest.mark.parametrize("server", ["cuvee_server", "postgres_server"])
@pytest.mark.parametrize("name", since(1))
def test_a_better_model_goes_to_staging_and_leaves_production_undisturbed(
    run: RunFlow, name: str, server: str, request: pytest.FixtureRequest
) -> None:
    data = os.environ.get("CUVEE_DEMO_DATA", "")
    uri = request.getfixturevalue(server)

    facts = run(name, "wine", uri, data=str(Path(data).resolve()) if data else "")

    alcohol, several, with_ph = facts.pop("rmse")
    assert with_ph < several < alcohol
    assert len(facts.pop("production")) == len(facts.pop("staging")) == 5
    assert facts == {
        "best first": ["with pH", "several", "alcohol only"],
        "versions": ["1", "2"],
        "stages": ["Production", "Staging"],
        "descriptions": ["From alcohol only.", "With pH, the better one."],
        "model": "Predicts the quality of a red wine.",
        "versions know their runs": [True, True],
        "production undisturbed": True,
        "staging is another": True,
        "by number": True,
        "latest": True,
        "by run": True,
    }
