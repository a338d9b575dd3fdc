"""Texts that are contained in others, and mean nothing but themselves, on every store."""

from __future__ import annotations

import pytest

from conformance.test_search_runs import Bench
from cuvee.api.base import Store


@pytest.fixture
def bench(store: Store) -> Bench:
    return Bench(store)


def test_what_is_contained_has_no_special_characters(bench: Bench) -> None:
    odd = {"under": "lr_wine", "hyphen": "lr-wine", "back": "C:\\tmp", "esc": "a\x1bb"}
    for name, value in odd.items():
        bench.run(name, params={"p": value}, tags={"t": value})
    for kind in ("params.p", "tags.t"):
        assert bench.find(f"{kind} CONTAINS 'R_W'") == "under"
        assert bench.find(f"{kind} CONTAINS '_'") == "under"
        assert bench.find(f"{kind} ILIKE '%R_W%'") == "hyphen under"
        assert bench.find(f"{kind} CONTAINS ':\\T'") == "back"
        assert bench.find(f"{kind} CONTAINS '\x1b'") == "esc"
        assert bench.find(f"{kind} ILIKE 'A\x1bB'") == "esc"
        assert bench.find(f"NOT {kind} CONTAINS 'wine'") == "esc back"
