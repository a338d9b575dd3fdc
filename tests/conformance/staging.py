"""A model ``wine`` with versions and stages, moved about."""

from __future__ import annotations

import time

from cuvee.api.base import Store
from cuvee.api.events import Event, ListEvents
from cuvee.api.holdings import (
    GetStageHolder,
    Holding,
    ListHoldings,
    RollbackStage,
    StageHolder,
)
from cuvee.api.models import (
    CreateRegisteredModel,
)
from cuvee.api.policies import ApplyPolicy
from cuvee.api.versions import (
    CreateModelVersion,
    GetModelVersion,
    ModelVersion,
    TransitionStage,
)

S3 = "s3://bucket/model"
OWN = """
scope: wine
stages:
  - name: Dev
  - {name: UAT, holders: one}
  - {name: Previous, holders: one}
  - {name: Production, holders: one, former: Previous}
"""


def model(store: Store, versions: int = 3, policy: str = "") -> None:
    """Make the model ``wine`` with some versions, and stages of its own."""
    store.do(CreateRegisteredModel(name="wine"))
    if policy:
        store.do(ApplyPolicy(document=policy))
    for _ in range(versions):
        store.do(CreateModelVersion(name="wine", source=S3))


def move(
    store: Store,
    number: int,
    stage: str,
    *,
    archive: bool = False,
    expect: str | None = None,
    comment: str = "",
) -> ModelVersion:
    op = TransitionStage(
        name="wine",
        version=str(number),
        stage=stage,
        archive_existing_versions=archive,
        expected_holder=expect,
        comment=comment,
    )
    return store.do(op).model_version


def stages(store: Store, versions: int = 3) -> list[str]:
    return [
        store.do(GetModelVersion(name="wine", version=str(n))).model_version.current_stage
        for n in range(1, versions + 1)
    ]


def rollback(store: Store, stage: str = "Production", expect: str | None = None) -> str:
    op = RollbackStage(name="wine", stage=stage, expected_holder=expect)
    return store.do(op).model_version.version


def holder(store: Store, at: str = "", stage: str = "Production") -> StageHolder:
    return store.do(GetStageHolder(name="wine", stage=stage, at=at))


def history(store: Store, stage: str = "", version: str = "") -> list[Holding]:
    return store.do(ListHoldings(name="wine", stage=stage, version=version)).holdings


def last_event(store: Store) -> Event:
    return store.do(ListEvents(newest_first=True, max_results=1)).events[0]


def pause() -> int:
    """Return a moment after which, and before which, nothing else happens."""
    time.sleep(0.003)
    now = time.time_ns() // 1_000_000
    time.sleep(0.003)
    return now
