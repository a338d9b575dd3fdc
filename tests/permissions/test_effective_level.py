"""The effective level against a plain reference, for any grants on any folders."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cuvee.api.base import Actor, Level
from cuvee.store import schema
from cuvee.store.access import Thing, level_on
from cuvee.store.engine import arg, hot, insert
from cuvee.store.levels import put_grant
from cuvee.store.tx import Tx
from cuvee.store.visible import readable
from permissions.conftest import Place

NAMES = ["a", "a/b", "a/b/c", "ab", "b/a", "a//b", "/a", "#1/x", "#1", "a0", "A/b"]
FOLDERS = ["", "a/", "a/b/", "a//", "/", "b/", "#1/", "ab/"]
USERS = [1001, 1002]
GROUPS = {2001: {1001}, 2002: {1001, 1002}, 2003: set[int](), 0: set(USERS)}
_e = schema.experiments

grant = st.tuples(
    st.sampled_from([*FOLDERS, *range(len(NAMES))]),
    st.sampled_from(["", "", "", "Production"]),
    st.sampled_from([*(("user", u) for u in USERS), *(("group", g) for g in GROUPS)]),
    st.sampled_from([*Level]),
)
_member = hot(insert(schema.group_members).values(group_pk=arg("g"), user_pk=arg("u")))
_experiment = hot(insert(_e).values({c.name: arg(c.name) for c in _e.c}))
FIRST = 5000


def reference(grants: dict[Any, Level], user: int, number: int, stage: str) -> Level:
    """Return a user's level by the rules, as simply as they can be said."""
    found = []
    for (target, at, (kind, who)), level in grants.items():
        applies = target == number or (isinstance(target, str) and NAMES[number].startswith(target))
        is_mine = who == user if kind == "user" else user in GROUPS[who]
        if applies and is_mine and at in ("", stage):
            found.append(level)
    if Level.NONE in found:
        return Level.NONE
    return max(found, default=Level.NONE)


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(grant, max_size=8))
def test_levels_and_searches_agree_with_the_rules(place: Place, given_: list[Any]) -> None:
    grants = {(target, stage, who): level for target, stage, who, level in given_}
    store = place.store
    cursor = store._cursor(write=True)  # noqa: SLF001
    store.database.begin(cursor, write=True)
    try:
        tx = store._tx(cursor, Actor("x", user=USERS[0]), {})  # noqa: SLF001
        _prepare(tx, grants)
        for user in USERS:
            tx = store._tx(cursor, Actor("x", user=user), {})  # noqa: SLF001
            for kind in ("experiment", "model"):
                for number, name in enumerate(NAMES):
                    thing = Thing(kind, FIRST + number, name)
                    for stage in ("", "Production"):
                        assert level_on(tx, thing, stage) == reference(grants, user, number, stage)
            assert _found(tx) == {
                n for n in range(len(NAMES)) if reference(grants, user, n, "") >= Level.READ
            }
    finally:
        cursor.execute("ROLLBACK")


def _prepare(tx: Tx, grants: dict[Any, Level]) -> None:
    for group, members in GROUPS.items():
        for user in members if group else ():
            tx.run(_member, g=group, u=user)
    for number, name in enumerate(NAMES):
        row = {"id": FIRST + number, "name": name, "artifact_location": "s3://x"}
        tx.run(_experiment, **row, lifecycle="active", created=0, updated=0)
    for (target, stage, (kind, who)), level in grants.items():
        for noun in ("experiment", "model"):
            thing = Thing(noun, None, target) if isinstance(target, str) else None
            thing = thing or Thing(noun, FIRST + target, NAMES[target])
            put_grant(tx, thing, stage, kind, who, level)


def _found(tx: Tx) -> set[int]:
    from sqlalchemy import select

    mine = readable(tx, "experiment", _e.c.id, _e.c.name)
    query = select(_e.c.id).where(_e.c.id >= FIRST, mine.condition())
    return {number - FIRST for (number,) in tx.all(query, **mine.values)}
