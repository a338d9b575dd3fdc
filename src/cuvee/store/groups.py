"""Groups and their members in SQL."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from sqlalchemy import delete, select, update

from cuvee.api.base import Empty
from cuvee.api.groups import (
    AddMember,
    CreateGroup,
    DeleteGroup,
    GetGroup,
    Group,
    GroupList,
    GroupResult,
    ListGroups,
    RemoveMember,
    UpdateGroup,
)
from cuvee.api.names import plain, shown
from cuvee.api.spelling import alike
from cuvee.errors import AlreadyExists, NotFound
from cuvee.store import schema
from cuvee.store.engine import arg, hot, insert
from cuvee.store.tx import Tx

_g = schema.groups
_m = schema.group_members
_u = schema.users

GroupRow = tuple[int, str, str]
"""pk, name, description"""

_columns = (_g.c.pk, _g.c.name, _g.c.description, _g.c.created)
_by_name = hot(select(*_columns).where(_g.c.name == arg("name")))
_lock = hot(select(*_columns).where(_g.c.name == arg("name")).with_for_update())
_by_pk = hot(select(*_columns).where(_g.c.pk == arg("group_pk")))
_all = hot(select(*_columns).order_by(_g.c.name))
_add = hot(
    insert(_g).values({c.name: arg(c.name) for c in _g.c if c.name != "pk"}).returning(_g.c.pk)
)
_set = hot(
    update(_g)
    .where(_g.c.pk == arg("group_pk"))
    .values(name=arg("name"), description=arg("description"))
)
_drops = [
    hot(delete(_m).where(_m.c.group_pk == arg("group_pk"))),
    hot(
        delete(schema.grants).where(
            schema.grants.c.subject_kind == "group", schema.grants.c.subject_pk == arg("group_pk")
        )
    ),
    hot(delete(_g).where(_g.c.pk == arg("group_pk"))),
]
_join = hot(
    insert(_m).values(group_pk=arg("group_pk"), user_pk=arg("user_pk")).on_conflict_do_nothing()
)
_leave = hot(delete(_m).where(_m.c.group_pk == arg("group_pk"), _m.c.user_pk == arg("user_pk")))
_members = hot(
    lambda db: (
        select(_m.c.group_pk, _u.c.pk, _u.c.name)
        .join(_u, _u.c.pk == _m.c.user_pk)
        .where(db.among(_m.c.group_pk, "pks"))
        .order_by(_u.c.name)
    )
)
_of_users = hot(
    lambda db: (
        select(_m.c.user_pk, _g.c.pk, _g.c.name, _g.c.description)
        .join(_g, _g.c.pk == _m.c.group_pk)
        .where(db.among(_m.c.user_pk, "pks"))
        .order_by(_g.c.name)
    )
)


def create_group(tx: Tx, op: CreateGroup) -> GroupResult:
    _refuse_taken(tx, op.name)
    pk = tx.value(_add, name=op.name, description=op.description, created=tx.now)
    tx.record(
        "group.created",
        f"group:{op.name}",
        after={"description": op.description},
        comment=op.comment,
    )
    return GroupResult(_load(tx, [(pk, op.name, op.description, tx.now)])[0])


def get_group(tx: Tx, op: GetGroup) -> GroupResult:
    return GroupResult(_load(tx, [find_group(tx, op.name)])[0])


def list_groups(tx: Tx, op: ListGroups) -> GroupList:  # noqa: ARG001
    return GroupList(_load(tx, tx.all(_all)))


def update_group(tx: Tx, op: UpdateGroup) -> GroupResult:
    pk, name, description, created = find_group(tx, op.name, lock=True)
    new_name = name if op.new_name is None else op.new_name
    new_description = description if op.description is None else op.description
    if new_name != name:
        _refuse_taken(tx, new_name, but=pk)
    if (new_name, new_description) != (name, description):
        tx.run(_set, group_pk=pk, name=new_name, description=new_description)
        tx.record(
            "group.updated",
            f"group:{new_name}",
            before={"name": name, "description": description},
            after={"name": new_name, "description": new_description},
            comment=op.comment,
        )
    return GroupResult(_load(tx, [(pk, new_name, new_description, created)])[0])


def delete_group(tx: Tx, op: DeleteGroup) -> Empty:
    group = _load(tx, [find_group(tx, op.name, lock=True)])[0]
    for statement in _drops:
        tx.run(statement, group_pk=group.id)
    tx.record(
        "group.deleted",
        f"group:{op.name}",
        before={"description": group.description, "members": group.members},
        comment=op.comment,
    )
    return Empty()


def add_member(tx: Tx, op: AddMember) -> Empty:
    from cuvee.store.users import find_user  # users shows the groups that this room keeps

    group, user = find_group(tx, op.name, lock=True), find_user(tx, op.username)
    if tx.run(_join, group_pk=group[0], user_pk=user[0]):
        tx.record(
            "group.member_added",
            f"group:{op.name}",
            after={"user": op.username},
            comment=op.comment,
        )
    return Empty()


def remove_member(tx: Tx, op: RemoveMember) -> Empty:
    from cuvee.store.users import find_user

    group, user = find_group(tx, op.name, lock=True), find_user(tx, op.username)
    if tx.run(_leave, group_pk=group[0], user_pk=user[0]):
        tx.record(
            "group.member_removed",
            f"group:{op.name}",
            before={"user": op.username},
            comment=op.comment,
        )
    return Empty()


def find_group(tx: Tx, name: str, *, lock: bool = False) -> tuple[Any, ...]:
    """Return a group's row: pk, name, description, created.

    Raises:
        NotFound: there is none with this name.
    """
    row = tx.first(_lock if lock else _by_name, name=name)
    if row is None:
        raise NotFound(f"Group with name={plain(name)} not found: groups/list has the names.")
    return row


def group_name(tx: Tx, pk: int) -> str:
    """Return the name of the group with a number.

    Raises:
        NotFound: there is none.
    """
    row = tx.first(_by_pk, group_pk=pk)
    if row is None:
        raise NotFound(f"Role with id={pk} not found: roles/list has the numbers.")
    return str(row[1])


def groups_by_user(tx: Tx, users: list[int]) -> dict[int, list[GroupRow]]:
    """Return the groups of some users, by the users' primary keys; the groups by name."""
    found: dict[int, list[GroupRow]] = defaultdict(list)
    for user, *group in tx.all(_of_users, pks=tx.listed(users)):
        found[user].append((group[0], group[1], group[2]))
    return found


def members_of(tx: Tx, groups: list[int]) -> dict[int, list[tuple[int, str]]]:
    """Return (primary key, name) of the members of some groups, by the groups' primary keys."""
    found: dict[int, list[tuple[int, str]]] = defaultdict(list)
    for group, pk, name in tx.all(_members, pks=tx.listed(groups)):
        found[group].append((pk, name))
    return found


def _refuse_taken(tx: Tx, name: str, *, but: int = 0) -> None:
    for pk, taken, *_ in tx.all(_all):
        if pk != but and alike(taken, name):
            raise AlreadyExists(
                f"There is a group {shown(taken)} already, which looks the same: choose another "
                "name."
            )


def _load(tx: Tx, rows: list[tuple[Any, ...]]) -> list[Group]:
    members = members_of(tx, [row[0] for row in rows])
    return [
        Group(
            id=pk,
            name=name,
            description=description,
            created=created,
            members=[member for _, member in members.get(pk, [])],
        )
        for pk, name, description, created in rows
    ]
