"""Who held which stage from when to when, in SQL."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, insert, select, update

from cuvee.api.stages import NONE
from cuvee.api.times import moment_text
from cuvee.store import schema
from cuvee.store.engine import arg, hot
from cuvee.store.tx import Tx

_v = schema.model_versions
_h = schema.holdings
SINCE, UNTIL, USER, ENDED_BY, RESTORES = range(4, 9)
"""Places in a row of ``schema.holdings``."""

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
        restores=arg("restores"),
    )
)
_open = hot(
    select(_h).where(
        _h.c.model_pk == arg("model_pk"),
        _h.c.version == arg("version"),
        _h.c.until.is_(None),
    )
)
_by_pk = hot(select(_h).where(_h.c.pk == arg("pk")))
_ever = hot(select(_h.c.stage).where(_h.c.model_pk == arg("model_pk")).distinct())
_before = hot(
    select(_h)
    .where(
        _h.c.model_pk == arg("model_pk"),
        _h.c.stage == arg("stage"),
        _h.c.version != arg("version"),
        _h.c.pk < arg("pk"),
    )
    .order_by(_h.c.pk.desc())
    .limit(1)
)
_last_ended = hot(
    select(_h)
    .where(_h.c.model_pk == arg("model_pk"), _h.c.stage == arg("stage"), _h.c.until.is_not(None))
    .order_by(_h.c.until.desc(), _h.c.pk.desc())
    .limit(1)
)
_forget = hot(delete(_h).where(_h.c.model_pk == arg("model_pk")))


def begin_holding(
    tx: Tx, version_row: tuple[Any, ...], stage: str, restores: int | None = None
) -> None:
    """Note that a version leaves what it holds for another stage; nobody holds ``None``.

    Args:
        tx: the transaction.
        version_row: the version, in the order of ``schema.model_versions``.
        stage: its new stage.
        restores: primary key of the holding that a rollback goes back to.
    """
    if version_row[3] != NONE:
        end_holding(tx, version_row)
    if stage != NONE:
        tx.run(
            _begin,
            model_pk=version_row[1],
            version=version_row[2],
            stage=stage,
            now=tx.now,
            user=tx.actor.name,
            restores=restores,
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


def open_holding(tx: Tx, version_row: tuple[Any, ...]) -> tuple[Any, ...] | None:
    """Return what a version holds now, in the order of ``schema.holdings``."""
    return tx.first(_open, model_pk=version_row[1], version=version_row[2])


def former_holding(
    tx: Tx,
    model_pk: int,
    stage: str,
    current: tuple[Any, ...] | None,
) -> tuple[Any, ...] | None:
    """Return the holding to which a stage is rolled back, in the order of ``schema.holdings``.

    It is the one that began before that of the present holder; when the present holder is itself
    there by a rollback, the one before that which was rolled back to. So each rollback goes one
    step further back, never forth again to what was rolled back from.

    Args:
        tx: the transaction.
        model_pk: the model.
        stage: the stage.
        current: the version that holds it, in the order of ``schema.model_versions``, if any.
    """
    held = open_holding(tx, current) if current else None
    while held is not None and held[RESTORES] is not None:
        held = tx.first(_by_pk, pk=held[RESTORES])
    asked = {"version": current[2] if current else 0, "pk": held[0] if held else 2**62}
    return first_spelled(tx, _before, model_pk, stage, **asked)


def spellings(tx: Tx, model_pk: int, stage: str) -> list[str]:
    """Return a stage in all ways in which it was ever spelled for a model, this one first."""
    ever = [name for (name,) in tx.all(_ever, model_pk=model_pk)]
    return [stage, *(name for name in ever if name.lower() == stage.lower() and name != stage)]


def first_spelled(
    tx: Tx, query: hot, model_pk: int, stage: str, **asked: Any
) -> tuple[Any, ...] | None:
    """Return the first row for a stage; for one of its former spellings, if there is none."""
    row = tx.first(query, model_pk=model_pk, stage=stage, **asked)
    if row is None:
        for name in spellings(tx, model_pk, stage)[1:]:
            row = row or tx.first(query, model_pk=model_pk, stage=name, **asked)
    return row


def last_change(tx: Tx, model_pk: int, stage: str, holder: tuple[Any, ...] | None) -> str:
    """Say who moved the holder of a stage there, or the last one away, and when."""
    if holder is not None:
        held = open_holding(tx, holder)
        if held is None:
            return ""
        return f"{held[USER] or 'somebody'} moved it there at {moment_text(held[SINCE])}"
    held = tx.first(_last_ended, model_pk=model_pk, stage=stage)
    if held is None:
        return "no version has held it yet"
    return (
        f"{held[ENDED_BY] or 'somebody'} took version {held[2]} away at {moment_text(held[UNTIL])}"
    )
