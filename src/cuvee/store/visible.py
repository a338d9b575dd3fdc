"""What searches and listings leave out: what the actor may not read."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, NamedTuple

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
    true,
)

from cuvee.api.base import Level
from cuvee.store import schema
from cuvee.store.engine import arg, hot
from cuvee.store.levels import EXPERIMENT, MODEL, Thing, levels_on, mine
from cuvee.store.tx import Tx

_g = schema.grants
_e = schema.experiments
_r = schema.runs
_lm = schema.logged_models
_m = schema.registered_models
_named = schema.events.alias()

MODEL_PATH: ColumnElement[str] = case(
    (_m.c.folder == "", _m.c.name), else_=_m.c.folder + "/" + _m.c.name
)
"""The name of a registered model behind its folder."""

_folders = hot(
    select(_g.c.target, _g.c.level).where(
        _g.c.kind == arg("kind"),
        _g.c.stage == "",
        or_(_g.c.target == "", _g.c.target.like("%/")),
        mine(arg("user")),
    )
)


MAX_FOLDERS = 100
"""Folders that a condition names one by one; beyond, the objects themselves are listed."""


class Readable(NamedTuple):
    """What the actor may read, as a condition in an SQL statement.

    Args:
        said: tells its shape from that of other conditions; it has no values in it.
        condition: writes it.
        values: what it has bound by name.
    """

    said: Hashable
    condition: Callable[[], ColumnElement[bool]]
    values: dict[str, Any]


def readable(tx: Tx, kind: str, number: ColumnElement[int], name: ColumnElement[str]) -> Readable:
    """Return the condition that leaves the experiments, or models, that the actor may read.

    Args:
        tx: the transaction.
        kind: ``experiment`` or ``model``.
        number: the column of their ids or primary keys.
        name: their names; those of models stand behind their folders (``MODEL_PATH``).
    """
    if tx.actor.user is None or tx.actor.admin:
        return Readable("all", true, {})
    granted, denied = _folders_of(tx, kind)
    if "" in denied:
        return Readable("none", false, {})
    everything = "" in granted
    within = [] if everything else _outermost(granted)
    without = _outermost(denied)
    if len(within) + len(without) > MAX_FOLDERS:
        return _one_by_one(tx, kind, number, name)
    values: dict[str, Any] = {f"{kind}_reader": tx.actor.user}
    for what, folders in (("in", within), ("not", without)):
        for i, folder in enumerate(folders):
            values[f"{kind}_{what}{i}"] = folder
            values[f"{kind}_{what}{i}_end"] = folder[:-1] + "0"  # the character after "/"

    def below(bound: str) -> ColumnElement[bool]:
        return and_(name >= arg(bound), name < arg(f"{bound}_end"))

    def condition() -> ColumnElement[bool]:
        own = select(_g.c.target).where(
            _g.c.kind == kind,
            _g.c.stage == "",
            _g.c.target >= "#",
            _g.c.target < "$",
            mine(arg(f"{kind}_reader")),
        )
        target = "#" + cast(number, Text)
        found: list[ColumnElement[bool]] = [~target.in_(own.where(_g.c.level == int(Level.NONE)))]
        found += [~below(f"{kind}_not{i}") for i in range(len(without))]
        if not everything:
            folders = [below(f"{kind}_in{i}") for i in range(len(within))]
            found.append(or_(target.in_(own.where(_g.c.level >= int(Level.READ))), *folders))
        return and_(*found)

    return Readable((kind, everything, len(within), len(without)), condition, values)


def _folders_of(tx: Tx, kind: str) -> tuple[set[str], set[str]]:
    """Return the folders that the actor may read, and those of which nothing."""
    rows = tx.all(_folders, kind=kind, user=tx.actor.user)
    granted = {target for target, level in rows if level >= Level.READ}
    return granted, {target for target, level in rows if level == Level.NONE}


def _one_by_one(
    tx: Tx, kind: str, number: ColumnElement[int], name: ColumnElement[str]
) -> Readable:
    things = [Thing(kind, *row) for row in tx.all(select(number, name))]
    levels = levels_on(tx, [(thing, Level.READ) for thing in things])
    found = [thing.number for thing, needed, level in levels if level >= needed]
    bound = f"{kind}_found"
    return Readable(
        (kind, "one by one"),
        lambda: tx.database.among(number, bound),
        {bound: tx.listed(found)},
    )


def _outermost(folders: set[str]) -> list[str]:
    found: list[str] = []
    for folder in sorted(folders):
        if not found or not folder.startswith(found[-1]):
            found.append(folder)
    return found


def readable_events(tx: Tx, subject: ColumnElement[str], time: ColumnElement[int]) -> Readable:
    """Return the condition that leaves the events of objects that the actor may read.

    What concerns no experiment and no registered model that exists is for admins, except what
    happened to the user. A model's history begins when it was created, or got its name: an older
    one of its name is another's.

    Args:
        tx: the transaction.
        subject: the column that says what changed, as ``<noun>:<id>``.
        time: the column that says when.
    """
    if tx.actor.user is None or tx.actor.admin:
        return Readable("all", true, {})
    of_models = readable(tx, MODEL, _m.c.pk, MODEL_PATH)
    of_experiments = readable(tx, EXPERIMENT, _e.c.id, _e.c.name)
    values = {**of_models.values, **of_experiments.values, "events_reader": f"user:{tx.actor.name}"}
    said = ("events", of_models.said, of_experiments.said)

    def condition() -> ColumnElement[bool]:
        named = select(_named.c.sequence).where(
            _named.c.object == "model:" + _m.c.name,
            _named.c.action == "model.renamed",
            _named.c.time > time,
        )
        later = named.correlate(_m, time.table).exists()
        models = and_(_m.c.created <= time, ~later, of_models.condition())
        return _about(subject, models, of_experiments.condition())

    return Readable(said, condition, values)


def _about(
    subject: ColumnElement[str], models: ColumnElement[bool], experiments: ColumnElement[bool]
) -> ColumnElement[bool]:
    """Return "the event is about one of these models and experiments, or about the user"."""

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
    return or_(
        about("model", exists().where(_m.c.name == behind("model"), models)),
        about("version", exists().where(_m.c.name == name, models)),
        about("policy", exists().where(_m.c.name == behind("policy"), models)),
        about("run", of_run),
        about("logged_model", of_logged_model),
        about("experiment", of_experiment),
        subject == arg("events_reader"),
    )
