"""Grants in SQL: whose they are, on what, and how they change."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import delete, or_, select

from cuvee.api.base import Level
from cuvee.api.names import plain
from cuvee.api.permissions import EVERYONE, EVERYONE_NAME, Grant, LevelName, level_name
from cuvee.errors import InvalidParameter, NotFound
from cuvee.store import schema
from cuvee.store.access import Thing, find_objects, level_on, thing_at
from cuvee.store.engine import arg, hot
from cuvee.store.levels import EXPERIMENT, mine, put_grant
from cuvee.store.tx import Tx

_g = schema.grants
_u = schema.users
_groups = schema.groups

GRANT = _g.c["pk", "kind", "target", "stage", "subject_kind", "subject_pk", "level", "granted_by",
             "created"]  # fmt: skip

_user = hot(select(_u.c.pk, _u.c.admin, _u.c.active, _u.c.kind).where(_u.c.name == arg("name")))
_group = hot(select(_groups.c.pk).where(_groups.c.name == arg("name")))
_group_by_pk = hot(select(_groups.c.name).where(_groups.c.pk == arg("group")))
_user_names = hot(lambda db: select(_u.c.pk, _u.c.name, _u.c.kind).where(db.among(_u.c.pk, "pks")))
_group_names = hot(
    lambda db: select(_groups.c.pk, _groups.c.name).where(db.among(_groups.c.pk, "pks"))
)
_on = hot(
    lambda db: (
        select(*GRANT)
        .where(_g.c.kind == arg("kind"), db.among(_g.c.target, "targets"))
        .order_by(_g.c.target, _g.c.stage, _g.c.subject_kind, _g.c.subject_pk)
    )
)
_bearing = hot(
    lambda db: (
        select(*GRANT)
        .where(
            _g.c.kind == arg("kind"),
            db.among(_g.c.target, "targets"),
            or_(_g.c.stage == "", _g.c.stage == arg("stage")),
            mine(arg("user")),
        )
        .order_by(_g.c.level, _g.c.target.desc())
    )
)
_of_user = hot(select(*GRANT).where(mine(arg("user"))).order_by(_g.c.pk))
_of_subject = hot(
    select(*GRANT)
    .where(_g.c.subject_kind == arg("subject_kind"), _g.c.subject_pk == arg("subject_pk"))
    .order_by(_g.c.pk)
)
_all = hot(select(*GRANT).order_by(_g.c.pk))
_by_pk = hot(select(*GRANT).where(_g.c.pk == arg("grant")))
_exact = (
    _g.c.kind == arg("kind"),
    _g.c.target == arg("target"),
    _g.c.stage == arg("stage"),
    _g.c.subject_kind == arg("subject_kind"),
    _g.c.subject_pk == arg("subject_pk"),
)
_held = hot(select(*GRANT).where(*_exact))
_drop = hot(delete(_g).where(*_exact))


class Subject(NamedTuple):
    """Whose a grant is.

    Args:
        kind: ``user`` or ``group``.
        pk: primary key; ``EVERYONE`` is the group of all users.
        name: the name.
        service: whether the user is a service account.
    """

    kind: str
    pk: int
    name: str
    service: bool = False


class Row(NamedTuple):
    """A grant, in the order of the columns ``GRANT``."""

    pk: int
    kind: str
    target: str
    stage: str
    subject_kind: str
    subject_pk: int
    level: int
    granted_by: str
    created: int


class User(NamedTuple):
    """A user, as far as permissions are concerned."""

    pk: int
    admin: int
    active: int
    kind: str


def find_user(tx: Tx, name: str) -> User:
    """Return a user by name.

    Raises:
        NotFound: there is none.
    """
    row = tx.first(_user, name=name)
    if row is None:
        raise NotFound(f"There is no user {plain(name)!r}: create it first (`cuvee user create`).")
    return User(*row)


def find_subject(tx: Tx, user: str, group: str) -> Subject:
    """Return the user, or the group, of a name; ``everyone`` is the group of all users.

    Raises:
        NotFound: there is none.
    """
    if user:
        found = find_user(tx, user)
        return Subject("user", found.pk, user, found.kind == "service")
    if group == EVERYONE_NAME:
        return Subject("group", EVERYONE, group)
    pk = tx.value(_group, name=group)
    if pk is None:
        raise NotFound(
            f"There is no group {plain(group)!r}: create it first (`cuvee group create`), or give "
            f"it to {EVERYONE_NAME}."
        )
    return Subject("group", pk, group)


def find_role(tx: Tx, number: int) -> Subject:
    """Return a group by its number, which MLflow calls a role's id.

    Raises:
        NotFound: there is none.
    """
    name = EVERYONE_NAME if number == EVERYONE else tx.value(_group_by_pk, group=number)
    if name is None:
        raise NotFound(f"There is no role with id {number}: roles/list has the numbers.")
    return Subject("group", number, name)


def find_things(tx: Tx, text: str) -> list[Thing]:
    """Return what an object's text names.

    Raises:
        NotFound: there is nothing of that name.
    """
    found = find_objects(tx, [text])
    if not found:
        raise NotFound(
            f"There is no {plain(text)!r}: name a thing, as in model:<name> or experiment:<id>."
        )
    return found


# ---------------------------------------------------------------- reading


def grants_on(tx: Tx, thing: Thing) -> list[Row]:
    """Return the grants on a thing and on the folders around it."""
    return _rows(tx.all(_on, kind=thing.kind, targets=tx.listed(thing.targets)))


def grants_bearing(tx: Tx, user: int, thing: Thing, stage: str) -> list[Row]:
    """Return the grants that decide what a user may do with a thing, the lowest level first."""
    targets = tx.listed(thing.targets)
    return _rows(tx.all(_bearing, kind=thing.kind, targets=targets, stage=stage, user=user))


def grants_of_user(tx: Tx, user: int) -> list[Row]:
    """Return the grants of a user and of the user's groups."""
    return _rows(tx.all(_of_user, user=user))


def grants_of(tx: Tx, subject: Subject) -> list[Row]:
    """Return the grants of a user or group itself."""
    return _rows(tx.all(_of_subject, subject_kind=subject.kind, subject_pk=subject.pk))


def all_grants(tx: Tx) -> list[Row]:
    """Return every grant."""
    return _rows(tx.all(_all))


def find_grant(tx: Tx, pk: int) -> Row:
    """Return a grant by its number.

    Raises:
        NotFound: there is none.
    """
    row = tx.first(_by_pk, grant=pk)
    if row is None:
        raise NotFound(f"There is no permission with id {pk}: roles/permissions/list has the ids.")
    return Row(*row)


def held_grant(tx: Tx, thing: Thing, stage: str, subject: Subject) -> Row | None:
    """Return what a subject was given on a thing itself."""
    row = tx.first(_held, **_place(thing, stage, subject))
    return None if row is None else Row(*row)


def visible_grants(tx: Tx, rows: list[Row]) -> list[Row]:
    """Leave out grants on objects that the actor may not read, whose names are none of theirs."""
    return [
        row
        for row in rows
        for thing in things_of(tx, row)
        if thing.number is None or level_on(tx, thing) >= Level.READ
    ]


def things_of(tx: Tx, row: Row) -> list[Thing]:
    """Return what a grant is on, unless it is gone."""
    return thing_at(tx, row.kind, row.target)


def written(tx: Tx, rows: Sequence[Row]) -> list[Grant]:
    """Return grants as they are shown; those of subjects or objects that are gone are left out."""
    names = subjects_of(tx, rows)
    return [
        Grant(
            object=object_text(thing),
            permission=given_name(row.level),
            user=subject.name if subject.kind == "user" else "",
            group=subject.name if subject.kind == "group" else "",
            stage=row.stage,
            granted_by=row.granted_by,
            created=row.created,
        )
        for row in rows
        for subject in [names.get((row.subject_kind, row.subject_pk))]
        if subject is not None
        for thing in things_of(tx, row)
    ]


def subjects_of(tx: Tx, rows: Iterable[Row]) -> dict[tuple[str, int], Subject]:
    """Return whose some grants are."""
    rows = list(rows)
    users = sorted({r.subject_pk for r in rows if r.subject_kind == "user"})
    groups = sorted({r.subject_pk for r in rows if r.subject_kind == "group"})
    found = {("group", EVERYONE): Subject("group", EVERYONE, EVERYONE_NAME)}
    for pk, name, kind in tx.all(_user_names, pks=tx.listed(users)):
        found["user", pk] = Subject("user", pk, name, kind == "service")
    for pk, name in tx.all(_group_names, pks=tx.listed(groups)):
        found["group", pk] = Subject("group", pk, name)
    return found


def object_text(thing: Thing) -> str:
    """Return how a thing is written: ``experiment:7``, ``model:wine``, ``models:team/``."""
    if thing.number is None:
        return f"{thing.kind}s:{thing.name}"
    return f"{thing.kind}:{thing.number if thing.kind == EXPERIMENT else thing.name}"


def given_name(level: int) -> LevelName:
    """Return how a level that was given is written; NONE was given to deny."""
    name: Any = level_name(Level(level)) if level else "DENY"
    given: LevelName = name
    return given


def _rows(rows: list[tuple[Any, ...]]) -> list[Row]:
    return [Row(*row) for row in rows]


# ---------------------------------------------------------------- changing


def change_grant(
    tx: Tx, thing: Thing, stage: str, subject: Subject, level: Level | None, comment: str
) -> None:
    """Give a level, or take what was given (None), and record it.

    Raises:
        InvalidParameter: the actor would lose the right to give permissions there.
    """
    old = held_grant(tx, thing, stage, subject)
    if (old.level if old else None) == level:
        return
    if level is None:
        tx.run(_drop, **_place(thing, stage, subject))
    else:
        put_grant(tx, thing, stage, subject.kind, subject.pk, level)
    if level_on(tx, thing) < Level.MANAGE:
        raise InvalidParameter(
            "This would take from yourself the right to give permissions there: ask an admin, or "
            "give CAN_MANAGE to yourself or a group of yours first."
        )
    whose = {subject.kind: subject.name, **({"stage": stage} if stage else {})}
    tx.record(
        "permission.revoked" if level is None else "permission.granted",
        object_text(thing),
        before={**whose, "permission": given_name(old.level)} if old else {},
        after={} if level is None else {**whose, "permission": given_name(level)},
        comment=comment,
    )


def _place(thing: Thing, stage: str, subject: Subject) -> dict[str, Any]:
    return {
        "kind": thing.kind,
        "target": thing.target,
        "stage": stage,
        "subject_kind": subject.kind,
        "subject_pk": subject.pk,
    }
