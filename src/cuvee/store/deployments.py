"""Where versions run, as it was told, in SQL."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, select, update

from cuvee.api.base import Level
from cuvee.api.deployments import (
    Deployment,
    DeploymentPage,
    DeploymentReply,
    EndDeployment,
    ListDeployments,
    RecordDeployment,
)
from cuvee.api.names import page_number, plain, shown, version_number
from cuvee.api.stages import ARCHIVED
from cuvee.errors import Conflict, NotFound
from cuvee.store import schema
from cuvee.store.engine import arg, hot, insert
from cuvee.store.levels import MODEL, level_on_model
from cuvee.store.models import find_model, found_model
from cuvee.store.tx import Tx
from cuvee.store.versions import find_version
from cuvee.store.visible import MODEL_PATH, readable

Row = tuple[Any, ...]

_d = schema.deployments
_m = schema.registered_models
VERSION, TARGET, URL, USER, SINCE = range(2, 7)
"""Places in a row of ``schema.deployments``."""

_running = (_d.c.model_pk == arg("model_pk"), _d.c.until.is_(None))
_at = hot(select(_d).where(*_running, _d.c.target == arg("target")))
_of_version = hot(select(_d).where(*_running, _d.c.version == arg("version")).order_by(_d.c.target))
_begin = hot(
    insert(_d)
    .values({c.name: arg(c.name) for c in _d.c if c.name not in ("pk", "until")})
    .returning(_d.c.pk)
)
_set_url = hot(update(_d).where(_d.c.pk == arg("held")).values(url=arg("url")))
_end = hot(update(_d).where(_d.c.pk == arg("held")).values(until=arg("now"), ended_by=arg("user")))
_end_all = hot(
    update(_d)
    .where(*_running, _d.c.version == arg("version"))
    .values(until=arg("now"), ended_by=arg("user"))
)
_forget = hot(delete(_d).where(_d.c.model_pk == arg("model_pk")))


def record_deployment(tx: Tx, op: RecordDeployment) -> DeploymentReply:
    row = find_version(tx, op.name, op.version, lock=True)
    if row[3] == ARCHIVED:
        raise Conflict(
            f"Version {row[2]} of {plain(op.name)} is archived, so that it should run nowhere: "
            "move it to another stage first (model-versions/transition-stage), or record another "
            "version."
        )
    held = tx.first(_at, model_pk=row[1], target=op.target)
    if held is not None and held[VERSION] == row[2]:
        return DeploymentReply(_deployment(_renewed(tx, op, held), op.name))
    details = {}
    if held is not None:
        details["replaces"] = str(held[VERSION])
        comment = f"{op.comment} (version {row[2]} took its place)".strip()
        _stop(tx, op.name, held, comment, {"system": True, "displaced_by": str(row[2])})
    values = {
        "model_pk": row[1],
        "version": row[2],
        "target": op.target,
        "url": op.url,
        "user_id": tx.actor.name,
        "since": tx.now,
        "ended_by": "",
    }
    pk = tx.value(_begin, **values)
    tx.record(
        "deployment.recorded",
        f"version:{op.name}/{row[2]}",
        after={"target": op.target, "url": op.url},
        comment=op.comment,
        details={"deployment": str(pk), **details},
    )
    begun = (pk, row[1], row[2], op.target, op.url, tx.actor.name, tx.now, None, "")
    return DeploymentReply(_deployment(begun, op.name), details.get("replaces", ""))


def _renewed(tx: Tx, op: RecordDeployment, held: Row) -> Row:
    """Take over another url of what runs there already; an absent one leaves it."""
    if op.url in ("", held[URL]):
        return held
    tx.run(_set_url, held=held[0], url=op.url)
    tx.record(
        "deployment.recorded",
        f"version:{op.name}/{held[VERSION]}",
        before={"target": op.target, "url": held[URL]},
        after={"target": op.target, "url": op.url},
        comment=op.comment,
        details={"deployment": str(held[0])},
    )
    return (*held[:URL], op.url, *held[URL + 1 :])


def end_deployment(tx: Tx, op: EndDeployment) -> DeploymentReply:
    model = find_model(tx, op.name, lock=True)
    held = tx.first(_at, model_pk=model[0], target=op.target)
    if held is None:
        raise NotFound(
            f"No version of {plain(op.name)} is recorded as running at {shown(op.target)}: "
            "deployments/list shows what runs where."
        )
    _stop(tx, op.name, held, op.comment, {})
    return DeploymentReply(_deployment((*held[:7], tx.now, tx.actor.name), op.name))


def _stop(tx: Tx, name: str, held: Row, comment: str, details: dict[str, Any]) -> None:
    tx.run(_end, held=held[0], now=tx.now, user=tx.actor.name)
    tx.record(
        "deployment.ended",
        f"version:{name}/{held[VERSION]}",
        before={"target": held[TARGET], "url": held[URL]},
        comment=comment,
        details={"deployment": str(held[0]), **details},
    )


def list_deployments(tx: Tx, op: ListDeployments) -> DeploymentPage:
    mine = readable(tx, MODEL, _m.c.pk, MODEL_PATH)
    query = (
        select(_m.c.name, *_d.c)
        .join(_d, _d.c.model_pk == _m.c.pk)
        .where(mine.condition())
        .order_by(_d.c.pk.desc())
        .limit(op.max_results + 1)
    )
    if op.name:
        query = query.where(_m.c.pk == _readable_model(tx, op.name))
    if op.version:
        query = query.where(_d.c.version == version_number(op.version))
    if not op.include_ended:
        query = query.where(_d.c.until.is_(None))
    if op.page_token:
        query = query.where(_d.c.pk < page_number(op.page_token))
    rows = tx.all(query, **mine.values)
    page = [_deployment(row, name) for name, *row in rows[: op.max_results]]
    return DeploymentPage(page, page[-1].id if len(rows) > op.max_results else None)


def _readable_model(tx: Tx, name: str) -> int:
    """Return a model's primary key; to who may not read it, it is not there."""
    model = find_model(tx, name)
    if level_on_model(tx, model[0], name) < Level.READ:
        found_model(tx, name, None)
    pk: int = model[0]
    return pk


def running_of(tx: Tx, model_pk: int, version: int) -> list[Row]:
    """Return where a version runs, by target, in the order of ``schema.deployments``."""
    return tx.all(_of_version, model_pk=model_pk, version=version)


def end_all(tx: Tx, version_row: Row) -> None:
    """Note that a version that is deleted runs nowhere."""
    tx.run(
        _end_all,
        model_pk=version_row[1],
        version=version_row[2],
        now=tx.now,
        user=tx.actor.name,
    )


def forget_deployments(tx: Tx, model_pk: int) -> None:
    """Remove what is known of a model that is deleted; its key may be given out again."""
    tx.run(_forget, model_pk=model_pk)


def _deployment(row: Any, name: str) -> Deployment:
    return Deployment(
        id=str(row[0]),
        name=name,
        version=str(row[VERSION]),
        target=row[TARGET],
        url=row[URL],
        user_id=row[USER],
        since=row[SINCE],
        until=row[7],
        ended_by=row[8],
    )
