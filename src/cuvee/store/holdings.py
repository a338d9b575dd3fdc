"""Who held which stage from when to when, in SQL."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, insert, select, update

from cuvee.api.stages import NONE
from cuvee.store import schema
from cuvee.store.engine import arg, hot
from cuvee.store.tx import Tx

_v = schema.model_versions
_h = schema.holdings

_holders = hot(
    select(_v)
    .where(_v.c.model_pk == arg("model_pk"), _v.c.stage == arg("stage"))
    .order_by(_v.c.version.desc())
)
_end = hot(
    update(_h)
    .where(
        _h.c.model_pk == arg("model_pk"),
        _h.c.version == arg("version"),
        _h.c.until.is_(None),
    )
    .values(until=arg("now"), ended_by=arg("user"))
)
_begin = hot(
    insert(_h).values(
        model_pk=arg("model_pk"),
        version=arg("version"),
        stage=arg("stage"),
        since=arg("now"),
        user_id=arg("user"),
        ended_by="",
    )
)
_forget = hot(delete(_h).where(_h.c.model_pk == arg("model_pk")))


def begin_holding(tx: Tx, version_row: tuple[Any, ...], stage: str) -> None:
    """Note that a version leaves what it holds for another stage; nobody holds ``None``."""
    end_holding(tx, version_row)
    if stage != NONE:
        tx.run(
            _begin,
            model_pk=version_row[1],
            version=version_row[2],
            stage=stage,
            now=tx.now,
            user=tx.actor.name,
        )


def end_holding(tx: Tx, version_row: tuple[Any, ...]) -> None:
    """Note that a version no longer holds its stage."""
    tx.run(_end, model_pk=version_row[1], version=version_row[2], now=tx.now, user=tx.actor.name)


def forget_holdings(tx: Tx, model_pk: int) -> None:
    """Remove what is known of a model that is deleted; its key may be given out again."""
    tx.run(_forget, model_pk=model_pk)


def holders_of(tx: Tx, model_pk: int, stage: str) -> list[tuple[Any, ...]]:
    """Return the versions in a stage, highest first, in the order of ``schema.model_versions``."""
    return tx.all(_holders, model_pk=model_pk, stage=stage)
