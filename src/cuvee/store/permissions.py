"""Giving, listing and explaining permissions."""

from __future__ import annotations

from sqlalchemy import select

from cuvee.api.base import Empty, Level
from cuvee.api.permissions import (
    ExplainPermission,
    Explanation,
    Grant,
    GrantList,
    GrantPermission,
    ListPermissions,
    RevokePermission,
    level_name,
    level_of,
)
from cuvee.errors import NotFound, PermissionDenied
from cuvee.store import schema
from cuvee.store.access import Thing, require
from cuvee.store.engine import hot
from cuvee.store.grants import (
    Row,
    Subject,
    all_grants,
    change_grant,
    find_subject,
    find_things,
    find_user,
    given_name,
    grants_bearing,
    grants_of,
    grants_of_user,
    grants_on,
    held_grant,
    object_text,
    subjects_of,
    visible_grants,
    written,
)
from cuvee.store.levels import combined, groups_of
from cuvee.store.tx import Tx

_u = schema.users
_admins = hot(
    select(_u.c.name).where(_u.c.admin == 1, _u.c.active == 1).order_by(_u.c.name).limit(10)
)


def grant_permission(tx: Tx, op: GrantPermission) -> Empty:
    subject = find_subject(tx, op.user, op.group)
    for thing in find_things(tx, op.object):
        change_grant(tx, thing, op.stage, subject, level_of(op.permission), op.comment)
    return Empty()


def revoke_permission(tx: Tx, op: RevokePermission) -> Empty:
    subject = find_subject(tx, op.user, op.group)
    things = find_things(tx, op.object)
    held = [thing for thing in things if held_grant(tx, thing, op.stage, subject)]
    if not held:
        raise NotFound(
            f"{subject.kind} {subject.name} was given nothing on {op.object} itself: "
            f"`cuvee permissions list --{subject.kind} {subject.name}` shows what comes from where."
        )
    for thing in held:
        change_grant(tx, thing, op.stage, subject, None, op.comment)
    return Empty()


def list_permissions(tx: Tx, op: ListPermissions) -> GrantList:
    if op.object:
        things = find_things(tx, op.object)
        require(tx, [(thing, Level.READ) for thing in things])
        rows = [row for thing in things for row in grants_on(tx, thing)]
        if op.user or op.group:
            whose = find_subject(tx, op.user, op.group)
            rows = [r for r in rows if (r.subject_kind, r.subject_pk) == whose[:2]]
        return GrantList(written(tx, rows))
    if op.user or op.group:
        require_own(tx, op.user, op.group)
        rows = grants_of(tx, find_subject(tx, op.user, op.group))
    elif tx.actor.user is None or tx.actor.admin:
        rows = all_grants(tx)
    else:
        rows = grants_of_user(tx, tx.actor.user)
    return GrantList(written(tx, visible_grants(tx, rows)))


def require_own(tx: Tx, user: str, group: str = "") -> None:
    """Refuse to tell of another user, or of a group that the actor is not in.

    Raises:
        PermissionDenied: says who may ask.
    """
    actor = tx.actor
    if actor.user is None or actor.admin or (user and user == actor.name):
        return
    if group and group in groups_of(tx, actor.name):
        return
    raise PermissionDenied(
        f"What {user or group} may do is told to {user or 'its members'} and to admins only."
    )


# ---------------------------------------------------------------- explaining


def explain_permission(tx: Tx, op: ExplainPermission) -> Explanation:
    name = op.user or tx.actor.name
    needed = level_of(op.permission)
    things = find_things(tx, op.object)
    if name != tx.actor.name:
        require(tx, [(thing, Level.MANAGE) for thing in things])
    if tx.actor.user is None and not op.user:
        why = "Nobody logs in here, so all may do everything."
        return _explanation(op, name, Level.MANAGE, why, allowed=True)
    user = find_user(tx, name)
    if not user.active:
        why = f"The account of {name} is switched off."
        return _explanation(op, name, Level.NONE, why, following="Ask an admin to switch it on.")
    if user.admin:
        why = f"{name} is an admin, who may do everything."
        return _explanation(op, name, Level.MANAGE, why, allowed=True)
    bearing = [(thing, grants_bearing(tx, user.pk, thing, op.stage)) for thing in things]
    thing, rows = min(bearing, key=lambda pair: combined(row.level for row in pair[1]))
    level = combined(row.level for row in rows)
    why = _because(tx, name, thing, rows, level)
    if _suffices(rows, level, needed):
        return _explanation(op, name, level, why, written(tx, rows), allowed=True)
    ask = _to_ask(tx, thing)
    following = f"Ask {' or '.join(ask) or 'an admin'} " + (
        "to take that grant back."
        if rows and not level
        else f"to run: cuvee grant {op.permission} --user {name} --object {op.object}"
    )
    return _explanation(op, name, level, why, written(tx, rows), ask, following)


def _suffices(rows: list[Row], level: Level, needed: Level) -> bool:
    """Say whether what is given is enough; to make something new, CREATE or EDIT is."""
    if needed is Level.CREATE:
        given = {row.level for row in rows}
        return level >= Level.EDIT or (level > Level.NONE and int(needed) in given)
    return level >= needed and level > Level.NONE


def _explanation(  # the parts of an answer
    op: ExplainPermission,
    name: str,
    level: Level,
    because: str,
    grants: list[Grant] | None = None,
    ask: list[str] | None = None,
    following: str = "",
    *,
    allowed: bool = False,
) -> Explanation:
    return Explanation(
        user=name,
        object=op.object,
        permission=op.permission,
        allowed=allowed,
        level=level_name(level),
        because=because,
        grants=grants or [],
        ask=ask or [],
        next=following,
    )


def _because(tx: Tx, name: str, thing: Thing, rows: list[Row], level: Level) -> str:
    groups = ", ".join(sorted(groups_of(tx, name)))
    if not rows:
        return (
            f"Nothing is given to {name}, nor to a group of theirs ({groups}), on "
            f"{object_text(thing)} or a folder around it."
        )
    if level:
        row = next(row for row in reversed(rows) if row.level == level)
        return f"{_sentence(tx, row, thing)}."
    return f"{_sentence(tx, rows[0], thing)}, which takes away whatever else is given."


def _sentence(tx: Tx, row: Row, thing: Thing) -> str:
    subject: Subject | None = subjects_of(tx, [row]).get((row.subject_kind, row.subject_pk))
    whose = f"{subject.kind} {subject.name}" if subject else "a former group"
    where = "itself"
    if row.target != thing.target:
        where = f"the folder {row.target}" if row.target else "everything"
    stage = f" for the stage {row.stage}" if row.stage else ""
    return f"{given_name(row.level)} is given to {whose} on {where}{stage}"


def _to_ask(tx: Tx, thing: Thing) -> list[str]:
    rows = [r for r in grants_on(tx, thing) if r.level >= Level.MANAGE and not r.stage]
    whose = {(r.subject_kind, r.subject_pk) for r in rows}
    found = [f"{s.kind} {s.name}" for s in subjects_of(tx, rows).values() if s[:2] in whose]
    return found or [f"user {name}" for (name,) in tx.all(_admins)]
