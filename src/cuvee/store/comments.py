"""Comments on model versions in SQL."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, insert, select, update

from cuvee.api.base import Empty, Level
from cuvee.api.comments import (
    CommentPage,
    CommentResult,
    CreateComment,
    DeleteComment,
    ListComments,
    UpdateComment,
    VersionComment,
    comment_number,
)
from cuvee.api.names import page_number
from cuvee.errors import NotFound, PermissionDenied
from cuvee.store import schema
from cuvee.store.access import level_on_model
from cuvee.store.engine import arg, hot
from cuvee.store.tx import Tx
from cuvee.store.versions import find_version

_c = schema.comments
_v = schema.model_versions
_m = schema.registered_models

_add = hot(
    insert(_c).values({c.name: arg(c.name) for c in _c.c if c.name != "pk"}).returning(_c.c.pk)
)
_change = hot(
    update(_c).where(_c.c.pk == arg("held")).values(comment=arg("text"), updated=arg("now"))
)
_drop = hot(delete(_c).where(_c.c.pk == arg("held")))
_find = hot(
    select(*_c.c, _v.c.version, _m.c.pk, _m.c.name)
    .join(_v, _v.c.pk == _c.c.version_pk)
    .join(_m, _m.c.pk == _v.c.model_pk)
    .where(_c.c.pk == arg("held"))
)
_page = hot(
    select(_c)
    .where(_c.c.version_pk == arg("version_pk"), _c.c.pk > arg("after"))
    .order_by(_c.c.pk)
    .limit(arg("most"))
)


def create_comment(tx: Tx, op: CreateComment) -> CommentResult:
    row = find_version(tx, op.name, op.version, lock=True)
    values = {
        "version_pk": row[0],
        "user_id": tx.actor.name,
        "comment": op.comment,
        "created": tx.now,
        "updated": tx.now,
    }
    pk = tx.value(_add, **values)
    _record(tx, "comment.created", op.name, row[2], pk, op.comment)
    return CommentResult(_comment(tx, (pk, *values.values()), manages=False))


def update_comment(tx: Tx, op: UpdateComment) -> CommentResult:
    held = _held(tx, op.id)
    if held[2] != tx.actor.name:
        raise PermissionDenied(f"The comment is {held[2]}'s: only they may change it.")
    tx.run(_change, held=held[0], text=op.comment, now=tx.now)
    if held[3] != op.comment:
        _record(tx, "comment.edited", held[8], held[6], held[0], op.comment)
    return CommentResult(_comment(tx, (*held[:3], op.comment, held[4], tx.now), manages=False))


def delete_comment(tx: Tx, op: DeleteComment) -> Empty:
    held = _held(tx, op.id)
    if held[2] != tx.actor.name and level_on_model(tx, held[7], held[8]) < Level.MANAGE:
        raise PermissionDenied(
            f"The comment is {held[2]}'s: only they, or who manages the model, may remove it."
        )
    tx.run(_drop, held=held[0])
    _record(tx, "comment.deleted", held[8], held[6], held[0], "")
    return Empty()


def list_comments(tx: Tx, op: ListComments) -> CommentPage:
    row = find_version(tx, op.name, op.version)
    manages = level_on_model(tx, row[1], op.name) >= Level.MANAGE
    after = page_number(op.page_token)
    rows = tx.all(_page, version_pk=row[0], after=after, most=op.max_results + 1)
    found = [_comment(tx, held, manages=manages) for held in rows[: op.max_results]]
    return CommentPage(found, found[-1].id if len(rows) > op.max_results else None)


def _held(tx: Tx, number: str) -> tuple[Any, ...]:
    """Return a comment's row, its version's number, and its model's key and name."""
    row = tx.first(_find, held=comment_number(number))
    if row is None or level_on_model(tx, row[7], row[8]) < Level.READ:
        raise NotFound(f"There is no comment with the id {number}: comments/list has the ids.")
    return row


def _comment(tx: Tx, row: tuple[Any, ...], *, manages: bool) -> VersionComment:
    mine = row[2] == tx.actor.name
    return VersionComment(
        id=str(row[0]),
        comment=row[3],
        user_id=row[2],
        creation_timestamp=row[4],
        last_updated_timestamp=row[5],
        available_actions=["EDIT_COMMENT", "DELETE_COMMENT"]
        if mine
        else ["DELETE_COMMENT"]
        if manages
        else [],
    )


def _record(tx: Tx, action: str, name: str, version: int, pk: int, text: str) -> None:
    tx.record(action, f"version:{name}/{version}", comment=text, details={"comment": str(pk)})
