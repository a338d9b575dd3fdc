"""What a process remembers of policies is never what was taken back, or replaced by another."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest

from cuvee.api.models import CreateRegisteredModel, GetLatestVersions
from cuvee.api.policies import ApplyPolicy
from cuvee.errors import InvalidParameter
from cuvee.store.dispatch import FUNCTIONS
from cuvee.store.gathering import Job
from cuvee.store.policies import policy_of
from cuvee.store.sql import SqlStore
from cuvee.store.tx import Tx


def _apply(stage: str) -> ApplyPolicy:
    return ApplyPolicy(document=f"{{scope: wine, stages: [{{name: {stage}}}]}}")


def _has_stage(store: SqlStore, stage: str) -> bool:
    try:
        store.do(GetLatestVersions(name="wine", stages=[stage]))
    except InvalidParameter:
        return False
    return True


@pytest.fixture
def other(tmp_path: Path, store: SqlStore) -> Iterator[SqlStore]:
    """Return the same store as another process would have it."""
    del store  # it makes the file
    other = SqlStore.open(f"sqlite:///{tmp_path}/c.db")
    yield other
    other.close()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    store = SqlStore.open(f"sqlite:///{tmp_path}/c.db")
    store.do(CreateRegisteredModel(name="wine"))
    yield store
    store.close()


def test_what_another_process_applies_counts_at_once(store: SqlStore, other: SqlStore) -> None:
    for stage in ("Live", "Shadow", "Live"):
        other.do(_apply(stage))
        assert _has_stage(store, stage)
        assert not _has_stage(store, "Production")


@pytest.mark.parametrize("company", [0, 1], ids=["alone", "in a group"])
def test_what_was_taken_back_is_forgotten(
    store: SqlStore, other: SqlStore, monkeypatch: pytest.MonkeyPatch, company: int
) -> None:
    apply = FUNCTIONS[ApplyPolicy]

    def fail(tx: Tx, op: Any) -> None:
        apply(tx, op)
        assert policy_of(tx, "wine").names == ["None", "Lost", "Archived"]  # and remembered
        raise RuntimeError

    answers: list[Any] = []
    others = [Job(CreateRegisteredModel(name="other"), store.user, None)] * company
    with monkeypatch.context() as patch:
        patch.setitem(cast("dict[Any, Any]", FUNCTIONS), ApplyPolicy, fail)
        job = Job(_apply("Lost"), store.user, None)
        store._commit_group([*others, job], answers)  # noqa: SLF001  # as the writer does
    assert isinstance(answers[-1][1], RuntimeError)
    other.do(_apply("Live"))  # in the row that was taken back
    assert _has_stage(store, "Live")
    assert not _has_stage(store, "Lost")
