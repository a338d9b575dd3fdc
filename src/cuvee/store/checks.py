"""Posted checks of model versions, and emergencies, in SQL."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from sqlalchemy import delete, select, update

from cuvee.api.base import Empty, Level
from cuvee.api.checks import (
    Check,
    CheckList,
    CheckReply,
    CloseEmergency,
    DeleteCheck,
    Emergency,
    EmergencyPage,
    EmergencyReply,
    ListChecks,
    ListEmergencies,
    SetCheck,
)
from cuvee.api.comments import comment_number
from cuvee.api.names import page_number, plain, shown
from cuvee.errors import Conflict, NotFound, PermissionDenied
from cuvee.rules.decide import is_one_of
from cuvee.store import schema
from cuvee.store.access import groups_of, level_on_model
from cuvee.store.engine import arg, hot, insert
from cuvee.store.models import find_model
from cuvee.store.policies import policy_of
from cuvee.store.tx import Tx
from cuvee.store.versions import find_version

_c = schema.checks
_e = schema.emergencies

_new = insert(_c).values({c.name: arg(c.name) for c in _c.c})
_put = hot(
    _new.on_conflict_do_update(
        index_elements=["version_pk", "name"],
        set_={c.name: _new.excluded[c.name] for c in _c.c if c.name not in ("version_pk", "name")},
    )
)
_drop = hot(delete(_c).where(_c.c.version_pk == arg("version_pk"), _c.c.name == arg("name")))
_of_version = hot(select(_c).where(_c.c.version_pk == arg("version_pk")).order_by(_c.c.name))
_emergency = hot(select(_e).where(_e.c.pk == arg("held")))
_close = hot(
    update(_e)
    .where(_e.c.pk == arg("held"))
    .values(closed=arg("now"), closed_by=arg("user"), closed_comment=arg("comment"))
)


def set_check(tx: Tx, op: SetCheck) -> CheckReply:
    row = find_version(tx, op.name, op.version, lock=True)
    if op.digest and op.digest.lower() != row[13]:
        raise Conflict(
            f"What was checked has the digest {op.digest}, and version {row[2]} of "
            f"{plain(op.name)} has {row[13] or 'no files here'}: check the version's own files."
        )
    values = {
        "version_pk": row[0],
        "name": op.check_name,
        "passed": int(op.passed),
        "url": op.url,
        "details": op.details,
        "digest": row[13],
        "user_id": tx.actor.name,
        "created": tx.now,
    }
    tx.run(_put, **values)
    tx.record(
        "check.set",
        f"version:{op.name}/{row[2]}",
        after={"check": op.check_name, "passed": op.passed, "url": op.url},
        comment=op.comment or op.details,
        details={"digest": row[13]},
    )
    return CheckReply(_check(tuple(values.values()), row[13]))


def list_checks(tx: Tx, op: ListChecks) -> CheckList:
    row = find_version(tx, op.name, op.version)
    return CheckList([_check(held, row[13]) for held in tx.all(_of_version, version_pk=row[0])])


def delete_check(tx: Tx, op: DeleteCheck) -> Empty:
    row = find_version(tx, op.name, op.version, lock=True)
    if not tx.run(_drop, version_pk=row[0], name=op.check_name):
        raise NotFound(
            f"Version {row[2]} of {plain(op.name)} has no result of a check {shown(op.check_name)}"
            ": checks/list shows which it has."
        )
    tx.record(
        "check.deleted",
        f"version:{op.name}/{row[2]}",
        before={"check": op.check_name},
        comment=op.comment,
        details={"digest": row[13]},
    )
    return Empty()


def _check(row: tuple[Any, ...], digest: str) -> Check:
    return Check(
        name=row[1],
        passed=bool(row[2]),
        url=row[3],
        details=row[4],
        digest=row[5],
        counts=row[5] == digest,
        user_id=row[6],
        creation_timestamp=row[7],
    )


# ---------------------------------------------------------------- emergencies


def list_emergencies(tx: Tx, op: ListEmergencies) -> EmergencyPage:
    query = select(_e).order_by(_e.c.pk.desc())
    if op.name:
        query = query.where(_e.c.model == op.name)
    if op.open_only:
        query = query.where(_e.c.closed.is_(None))
    if op.page_token:
        query = query.where(_e.c.pk < page_number(op.page_token))
    found: list[Emergency] = []
    levels: dict[int | None, Level] = {}
    for row in tx.all(query):  # rare, so that all of them can be looked through
        if row[10] not in levels:
            levels[row[10]] = _level(tx, row)
        if levels[row[10]] < Level.READ:
            continue
        if len(found) == op.max_results:
            return EmergencyPage(found, found[-1].id)
        found.append(_shown(row, "" if row[7] else _not_a_closer(tx, row)))
    return EmergencyPage(found)


def close_emergency(tx: Tx, op: CloseEmergency) -> EmergencyReply:
    row = tx.first(_emergency, held=comment_number(op.id))
    if row is not None:
        if row[10] is not None:  # the lock orders two who close it at once
            with suppress(NotFound):
                find_model(tx, row[1], lock=True)
        row = tx.first(_emergency, held=row[0])
    if row is None or _level(tx, row) < Level.READ:
        raise NotFound(f"There is no emergency with the id {op.id}: emergencies/list has the ids.")
    if row[7] is not None:
        raise Conflict(f"{row[8]} has closed emergency {op.id} already: nothing is to be done.")
    problem = _not_a_closer(tx, row)
    if problem:
        raise PermissionDenied(problem)
    tx.run(_close, held=row[0], now=tx.now, user=tx.actor.name, comment=op.comment)
    tx.record(
        "emergency.closed",
        f"version:{row[1]}/{row[2]}",
        after={"stage": row[3]},
        comment=op.comment,
        details={"emergency": str(row[0]), "opened_by": row[4]},
    )
    return EmergencyReply(_shown((*row[:7], tx.now, tx.actor.name, op.comment, row[10])))


def _not_a_closer(tx: Tx, row: tuple[Any, ...]) -> str:
    """Return why the actor may not close an emergency; empty when they may."""
    if row[4] == tx.actor.name:
        return (
            f"{row[4]} has broken the glass: somebody else must review and close emergency "
            f"{row[0]}."
        )
    if not _may_close(tx, row):
        return (
            f"Emergency {row[0]} is closed by a reviewer of {row[3]} or by who manages "
            f"{plain(row[1])}, which {tx.actor.name} is not."
        )
    return ""


def _may_close(tx: Tx, row: tuple[Any, ...]) -> bool:
    if _level(tx, row) >= Level.MANAGE:
        return True
    groups = groups_of(tx, tx.actor.name)
    return any(
        stage.name == row[3]
        and stage.review is not None
        and is_one_of(stage.review.reviewers, tx.actor.name, groups)
        for stage in policy_of(tx, row[1]).policy.stages
    )


def _level(tx: Tx, row: tuple[Any, ...]) -> Level:
    """Return the actor's level on an emergency's model; one that is gone is for admins."""
    if row[10] is None:
        everything = tx.actor.user is None or tx.actor.admin
        return Level.MANAGE if everything else Level.NONE
    return level_on_model(tx, row[10], row[1])


def _shown(row: tuple[Any, ...], refused: str = "") -> Emergency:
    return Emergency(
        id=str(row[0]),
        name=row[1],
        version=str(row[2]),
        stage=row[3],
        user_id=row[4],
        comment=row[5],
        creation_timestamp=row[6],
        closed_timestamp=row[7],
        closed_by=row[8],
        conclusion=row[9],
        refused=refused,
    )
