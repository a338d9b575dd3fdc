"""What searches and listings leave out: what the actor may not read."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Text,
    and_,
    case,
    cast,
    exists,
    false,
    func,
    or_,
    select,
)

from cuvee.api.base import Level
from cuvee.store import schema
from cuvee.store.engine import arg, hot
from cuvee.store.levels import EXPERIMENT, MODEL, mine
from cuvee.store.tx import Tx

_g = schema.grants
_e = schema.experiments
_r = schema.runs
_lm = schema.logged_models
_m = schema.registered_models

_folders = hot(
    select(_g.c.target, _g.c.level).where(
        _g.c.kind == arg("kind"),
        _g.c.stage == "",
        or_(_g.c.target == "", _g.c.target.like("%/")),
        mine(arg("user")),
    )
)


def readable(
    tx: Tx, kind: str, number: ColumnElement[int], name: ColumnElement[str]
) -> list[ColumnElement[bool]]:
    """Return the conditions that leave the experiments, or models, that the actor may read.

    Args:
        tx: the transaction.
        kind: ``experiment`` or ``model``.
        number: the column of their ids or primary keys.
        name: the column of their names.
    """
    if tx.actor.user is None or tx.actor.admin:
        return []
    granted: set[str] = set()
    denied: set[str] = set()
    for target, level in tx.all(_folders, kind=kind, user=tx.actor.user):
        (denied if level == Level.NONE else granted).add(target)
    if "" in denied:
        return [false()]
    own = select(_g.c.target).where(
        _g.c.kind == kind,
        _g.c.stage == "",
        _g.c.target >= "#",
        _g.c.target < "$",
        mine(tx.actor.user),
    )
    target = "#" + cast(number, Text)
    found = [
        ~target.in_(own.where(_g.c.level == int(Level.NONE))),
        *(~_in(name, f) for f in denied),
    ]
    if "" not in granted:
        within = [_in(name, folder) for folder in _outermost(granted)]
        found.append(or_(target.in_(own.where(_g.c.level > int(Level.NONE))), *within))
    return found


def _in(name: ColumnElement[str], folder: str) -> ColumnElement[bool]:
    return and_(name >= folder, name < folder[:-1] + "0")  # "0" is the character after "/"


def _outermost(folders: set[str]) -> list[str]:
    found: list[str] = []
    for folder in sorted(folders):
        if not found or not folder.startswith(found[-1]):
            found.append(folder)
    return found


def readable_events(
    tx: Tx, subject: ColumnElement[str], time: ColumnElement[int]
) -> list[ColumnElement[bool]]:
    """Return the conditions that leave the events of objects that the actor may read.

    What concerns no experiment and no registered model that exists is for admins, except what
    happened to the user. A model's history begins when it was created: an older one of its name
    is another's.

    Args:
        tx: the transaction.
        subject: the column that says what changed, as ``<noun>:<id>``.
        time: the column that says when.
    """
    if tx.actor.user is None or tx.actor.admin:
        return []
    models = and_(_m.c.created <= time, *readable(tx, MODEL, _m.c.pk, _m.c.name))
    experiments = and_(True, *readable(tx, EXPERIMENT, _e.c.id, _e.c.name))

    def about(noun: str, rows: Any) -> ColumnElement[bool]:
        return and_(subject.like(f"{noun}:%"), rows)

    def behind(noun: str) -> ColumnElement[str]:
        return func.substr(subject, len(noun) + 2, type_=Text)

    numbered = func.rtrim(behind("version"), "0123456789", type_=Text)
    name = func.substr(numbered, 1, func.length(numbered) - 1, type_=Text)
    of_run = exists().where(
        _r.c.run_id == behind("run"), _e.c.id == _r.c.experiment_id, experiments
    )
    of_logged_model = exists().where(
        _lm.c.model_id == behind("logged_model"), _e.c.id == _lm.c.experiment_id, experiments
    )
    # CASE, because texts of other nouns are no numbers, and conditions have no order.
    number = case((subject.like("experiment:%"), cast(behind("experiment"), BigInteger)), else_=-1)
    of_experiment = exists().where(_e.c.id == number, experiments)
    return [
        or_(
            about("model", exists().where(_m.c.name == behind("model"), models)),
            about("version", exists().where(_m.c.name == name, models)),
            about("policy", exists().where(_m.c.name == behind("policy"), models)),
            about("run", of_run),
            about("logged_model", of_logged_model),
            about("experiment", of_experiment),
            subject == f"user:{tx.actor.name}",
        )
    ]
