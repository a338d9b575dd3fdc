"""Every call by everyone: who may is in ``abilities.py``, who could is tried here."""

from __future__ import annotations

import json
from typing import Any

import pytest

from cuvee import api
from cuvee.api.base import Level, Op
from cuvee.api.reviews import TransitionWorkspaceVersion
from cuvee.api.versions import TransitionStage
from cuvee.api.wire import decode_body
from cuvee.errors import NotFound, PermissionDenied
from permissions.abilities import (
    ADMINS,
    ANYONE,
    ELSEWHERE,
    HIDDEN,
    ON_FOLDER,
    ON_OBJECTS,
    OWN,
    WITHOUT_LEVEL,
)
from permissions.conftest import LEVELS, Place
from refusals.examples import examples

AnyOp = type[Op[Any]]
PEOPLE = ["no grant", "all CREATE", "denied", "all denied", "admin"]
PEOPLE += [f"{where} {level.name}" for where in ("exact", "all") for level in LEVELS]


def may(name: str, who: str) -> bool:
    """Say whether someone may use a call, by the table."""
    if who == "admin":
        return True
    if name in WITHOUT_LEVEL:
        return WITHOUT_LEVEL[name] == ANYONE
    where, _, level = who.rpartition(" ")
    held = Level[level] if level in Level.__members__ else Level.NONE
    if name in ON_FOLDER:
        if who == "denied":  # but not on everything
            return True
        if who == "all CREATE":
            return name in ("CreateExperiment", "CreateRegisteredModel")
        return where == "all" and held >= ON_FOLDER[name]
    return held >= ON_OBJECTS[name]


def test_the_table_has_every_call_once() -> None:
    tables = (ON_OBJECTS, ON_FOLDER, WITHOUT_LEVEL)
    listed = sorted(name for table in tables for name in table)
    assert listed == sorted(op.__name__ for op in api.ROUTED), (
        "say in tests/permissions/abilities.py who may use the calls that differ"
    )


@pytest.mark.parametrize(
    "op",
    [op for op in api.ROUTED if WITHOUT_LEVEL.get(op.__name__) != ELSEWHERE],
    ids=lambda op: op.__name__,
)
def test_who_may_can_and_who_may_not_cannot(place: Place, op: AnyOp) -> None:
    name = op.__name__
    asked = decode_body(op, json.dumps(examples(place.ids)[op]).encode())
    wrong = []
    for who in PEOPLE:
        answer = place.refusal(asked, place.people[who])
        hidden = NotFound if name in HIDDEN else PermissionDenied
        refused = isinstance(answer, (PermissionDenied, hidden))
        if refused == may(name, who):
            wrong.append((who, answer))
        # Whoever replaces a list without themselves in it would lose what they have there.
        known = name.startswith("Set") and "take from yourself" in str(answer)
        if not refused and answer is not None and not known and WITHOUT_LEVEL.get(name) != OWN:
            wrong.append((who, answer))
    assert wrong == []


def test_words_of_refusals_tell_no_names(place: Place) -> None:
    """What is refused by an id does not tell the name of what it is the id of."""
    for op, fields in examples(place.ids).items():
        if "wine" in json.dumps(fields) or WITHOUT_LEVEL.get(op.__name__) in (ADMINS, OWN):
            continue
        asked = decode_body(op, json.dumps(fields).encode())
        assert "wine" not in str(place.refusal(asked, place.people["no grant"])), op


@pytest.mark.parametrize("level", LEVELS, ids=lambda level: level.name)
def test_direct_moves_follow_the_table(place: Place, level: Level) -> None:
    """STAGING moves among None, Archived and Staging; PRODUCTION and MANAGE among all."""
    for stage in ("None", "Staging", "Archived", "Production"):
        needed = Level.MANAGE_STAGING_VERSIONS
        if stage == "Production":
            needed = Level.MANAGE_PRODUCTION_VERSIONS
        for op in (TransitionStage, TransitionWorkspaceVersion):
            fields: Any = {"name": "grape", "version": "1", "stage": stage}
            asked = op(**fields, archive_existing_versions=False)
            answer = place.refusal(asked, place.people[f"exact {level.name}"])
            assert isinstance(answer, PermissionDenied) == (level < needed), (stage, answer)
            assert answer is None or isinstance(answer, PermissionDenied)
