"""Nothing that a stage or a deployment rests on is deleted, unless a manager forces it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, or_, select

from cuvee.api.base import Level
from cuvee.api.stages import ARCHIVED, NONE
from cuvee.errors import Conflict, PermissionDenied
from cuvee.store import access, schema
from cuvee.store.engine import arg, hot
from cuvee.store.tx import Tx

_m = schema.registered_models
_v = schema.model_versions
_r = schema.runs
_lm = schema.logged_models
_d = schema.deployments


class Guard:
    """The versions that rest on something: those of a run, of a model ...

    Args:
        rests: the condition on ``schema.model_versions``; its value is called ``key``.
        lock: whether the models must be locked first, for the deletion has not done so.
    """

    def __init__(self, rests: ColumnElement[bool], *, lock: bool = True) -> None:
        models = select(_v.c.model_pk).where(rests)
        # Locked in one order, so that two deletions cannot wait for each other; moves lock the
        # model too, so that none comes between the look and the deletion.
        self._lock = (
            hot(select(_m.c.pk).where(_m.c.pk.in_(models)).order_by(_m.c.pk).with_for_update())
            if lock
            else None
        )
        self._held = hot(
            select(_m.c.pk, _m.c.name, _v.c.version, _v.c.stage)
            .where(_m.c.pk == _v.c.model_pk, rests, _v.c.stage.not_in([NONE, ARCHIVED]))
            .order_by(_m.c.name, _v.c.version)
        )

        self._running = hot(
            select(_m.c.pk, _m.c.name, _v.c.version, _d.c.target)
            .where(
                _m.c.pk == _v.c.model_pk,
                rests,
                _d.c.model_pk == _v.c.model_pk,
                _d.c.version == _v.c.version,
                _d.c.until.is_(None),
            )
            .order_by(_m.c.name, _v.c.version, _d.c.target)
        )

    def check(self, tx: Tx, key: Any, what: str, *, force: bool) -> dict[str, Any] | None:
        """Refuse a deletion that would take away what a stage or a deployment rests on.

        Args:
            tx: the transaction that deletes.
            key: of what is to be deleted.
            what: the same in words, at the start of a sentence.
            force: whether somebody insists.

        Returns:
            What the event should say when a deletion is forced; otherwise None.

        Raises:
            Conflict: a version that is in a stage, or runs somewhere, rests on it.
            PermissionDenied: somebody insists who does not manage the model.
        """
        if self._lock is not None:
            tx.all(self._lock, key=key)
        staged = tx.all(self._held, key=key)
        running = [
            (pk, name, version, f"runs at {target}")
            for pk, name, version, target in tx.all(self._running, key=key)
        ]
        rows = staged + running
        if not rows:
            return None
        held = [
            f"version {version} of {name} ({use})"
            if access.level_on_model(tx, pk, name) >= Level.READ
            else "a version of a model that you cannot see"
            for pk, name, version, use in rows
        ]
        shown = ", ".join(held[:5]) + (f" and {len(held) - 5} more" if len(held) > 5 else "")
        if not force:
            raise Conflict(
                f"{what} is in use and was not deleted: {shown} would be without it. "
                f"{_first(staged, running)}, or send force: true if you manage the model."
            )
        for pk, name in dict.fromkeys((pk, name) for pk, name, _, _ in rows):
            if access.level_on_model(tx, pk, name) < Level.MANAGE:
                raise PermissionDenied(
                    f"{tx.actor.name} may not force this: {shown} would be without it, and that "
                    f"needs CAN_MANAGE on the model. {_first(staged, running)}, or ask a "
                    "manager."
                )
        return {"forced": True, "in_use": held}


def _first(staged: Sequence[Any], running: Sequence[Any]) -> str:
    """Say what is to be done before a deletion."""
    steps = ["archive that version first (model-versions/transition-stage)"] if staged else []
    steps += ["end the deployment first (deployments/end)"] if running else []
    said = " and ".join(steps)
    return said[:1].upper() + said[1:]


VERSION = Guard(_v.c.pk == arg("key"), lock=False)
MODEL = Guard(_v.c.model_pk == arg("key"), lock=False)
RUN = Guard(_v.c.run_id == arg("key"))
LOGGED_MODEL = Guard(_v.c.model_id == arg("key"))
EXPERIMENT = Guard(
    or_(
        _v.c.run_id.in_(select(_r.c.run_id).where(_r.c.experiment_id == arg("key"))),
        _v.c.model_id.in_(select(_lm.c.model_id).where(_lm.c.experiment_id == arg("key"))),
    )
)
