"""Who may do what, decided in the transaction that does it.

An operation says in ``needs`` and ``of`` what is needed of which objects. Here its ids and names
become experiments and registered models, and the actor's level on each is compared with what is
needed.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from operator import attrgetter
from typing import Any

from sqlalchemy import (
    select,
)

from cuvee.api.artifacts import artifact_directory
from cuvee.api.base import Level, Of, Op, Permission
from cuvee.api.names import experiment_number, plain
from cuvee.api.permissions import objects_of
from cuvee.api.runs import PARENT_TAG
from cuvee.errors import InvalidParameter, PermissionDenied
from cuvee.store import schema
from cuvee.store.engine import arg, hot
from cuvee.store.levels import (
    EXPERIMENT,
    MODEL,
    Need,
    Thing,
    forget_grants,
    grant_creator,
    groups_of,
    level_on,
    level_on_model,
    levels_on,
    model_thing,
    require,
)
from cuvee.store.locations import PROXY, proxy_path
from cuvee.store.tx import Tx

__all__ = [
    "Thing",
    "authorize",
    "find_by",
    "find_objects",
    "forget_grants",
    "grant_creator",
    "groups_of",
    "level_by_name",
    "level_on",
    "level_on_experiment",
    "level_on_model",
    "model_thing",
    "plan_of",
    "require",
    "require_own_place",
    "thing_at",
]

_NEEDED = {
    Permission.READ: Level.READ,
    Permission.EDIT: Level.EDIT,
    Permission.MANAGE: Level.MANAGE,
}


_g = schema.grants
_gm = schema.group_members
_e = schema.experiments
_r = schema.runs
_lm = schema.logged_models
_m = schema.registered_models
_v = schema.model_versions


_experiments = hot(lambda db: select(_e.c.id, _e.c.name).where(db.among(_e.c.id, "wanted")))
_experiments_by_name = hot(
    lambda db: select(_e.c.id, _e.c.name).where(db.among(_e.c.name, "wanted"))
)
_of_runs = hot(
    lambda db: (
        select(_e.c.id, _e.c.name)
        .join(_r, _r.c.experiment_id == _e.c.id)
        .where(db.among(_r.c.run_id, "wanted"))
        .distinct()
    )
)
_of_logged_models = hot(
    lambda db: (
        select(_e.c.id, _e.c.name)
        .join(_lm, _lm.c.experiment_id == _e.c.id)
        .where(db.among(_lm.c.model_id, "wanted"))
        .distinct()
    )
)
_model = select(_m.c.pk, _m.c.name, _m.c.folder)
_models = hot(lambda db: _model.where(db.among(_m.c.name, "wanted")))
_models_by_pk = hot(lambda db: _model.where(db.among(_m.c.pk, "wanted")))
_grant_target = hot(select(_g.c.kind, _g.c.target).where(_g.c.pk == arg("grant")))
_roots_of_runs = hot(
    lambda db: (
        select(_r.c.artifact_uri, _e.c.id, _e.c.name)
        .join(_e, _e.c.id == _r.c.experiment_id)
        .where(db.among(_r.c.run_id, "wanted"))
    )
)
_roots_of_logged_models = hot(
    lambda db: (
        select(_lm.c.artifact_uri, _e.c.id, _e.c.name)
        .join(_e, _e.c.id == _lm.c.experiment_id)
        .where(db.among(_lm.c.model_id, "wanted"))
    )
)
_roots = select(_e.c.artifact_location, _e.c.id, _e.c.name)
_roots_by_id = hot(lambda db: _roots.where(db.among(_e.c.id, "wanted")))
_roots_by_location = hot(lambda db: _roots.where(db.among(_e.c.artifact_location, "wanted")))
_located_below = hot(
    _roots.where(_e.c.artifact_location >= arg("start"), _e.c.artifact_location < arg("end"))
)
_sealed_models = hot(
    lambda db: (
        _model.join(_v, _v.c.model_pk == _m.c.pk)
        .join(schema.sealed, schema.sealed.c.version_pk == _v.c.pk)
        .where(db.among(schema.sealed.c.path, "wanted"))
        .distinct()
    )
)


# ---------------------------------------------------------------- operations


def authorize(tx: Tx, op: Op[Any]) -> None:
    """Refuse an operation that the actor may not do; called for actors that are users.

    Ids that name nothing are passed over: the operation's function answers for them.

    Raises:
        PermissionDenied: says what is missing, and who can give it.
    """
    if tx.actor.admin or op.needs in (Permission.PUBLIC, Permission.LOGIN):
        return
    if op.needs is Permission.ADMIN:
        raise PermissionDenied(
            f"Permission denied. Only an admin may do this, which {tx.actor.name} is not."
        )
    needs: list[Need] = []
    for of, get in plan_of(type(op)):
        values = get(op)
        if not values:
            continue
        level = _NEEDED[of.needs or op.needs]
        if of.kind == "path":
            _require_path(tx, values[0], level)
        elif of.kind in ("new_experiment", "new_model"):
            new = Thing(of.kind.removeprefix("new_"), None, values[0])
            if not any(new.kind == old.kind and new.folder == old.folder for old, _ in needs):
                needs.append((new, level))
        else:
            needs += [(thing, level) for thing in _FIND[of.kind](tx, values)]
    require(tx, needs)


@cache
def plan_of(kind: type[Op[Any]]) -> tuple[tuple[Of, Callable[[Any], list[str]]], ...]:
    """Return what an operation's permission is of, with what reads the values from its fields.

    Raises:
        TypeError: the declaration cannot be followed.
    """
    found = []
    for of in kind.of:
        if of.kind not in KINDS:
            raise TypeError(f"{kind.__name__}: nothing is known of the kind {of.kind!r}")
        found.append((of, _reader(of)))
    return tuple(found)


def _reader(of: Of) -> Callable[[Any], list[str]]:
    name, _, inner = of.field.partition(".")
    if of.kind == "parents":
        return _parents(name)
    first = attrgetter(name)

    def read(op: Any) -> list[str]:
        value = first(op)
        if inner:
            return [v for v in dict.fromkeys(map(attrgetter(inner), value)) if v]
        if isinstance(value, list):
            return [v for v in value if v]
        return [value] if value or of.kind == "path" else []

    return read


def _parents(name: str) -> Callable[[Any], list[str]]:
    """Return what reads the runs that tags name as parents: of a list of tags, or of one tag."""

    def read(op: Any) -> list[str]:
        tags = [op] if name == "key" else getattr(op, name)
        return [tag.value for tag in tags if tag.key == PARENT_TAG and tag.value]

    return read


def _find(query: hot, kind: str) -> Callable[[Tx, list[str]], list[Thing]]:
    def find(tx: Tx, values: list[str]) -> list[Thing]:
        return [Thing(kind, *row) for row in tx.all(query, wanted=tx.listed(values))]

    return find


def _find_experiments(tx: Tx, values: list[str]) -> list[Thing]:
    numbers = [experiment_number(value) for value in values]
    return [Thing(EXPERIMENT, *row) for row in tx.all(_experiments, wanted=tx.listed(numbers))]


def find_objects(tx: Tx, values: list[str]) -> list[Thing]:
    """Return what texts such as ``experiment:7``, ``model:wine`` and ``folder:team/`` name."""
    return [
        thing
        for text in values
        for kind, value in objects_of(text)
        for thing in (
            [Thing(kind.removesuffix("s"), None, value)]
            if kind in ("experiments", "models")
            else _FIND[kind](tx, [value])
        )
    ]


def _find_old_or_new(tx: Tx, values: list[str]) -> list[Thing]:
    found = [
        Thing(EXPERIMENT, *row) for row in tx.all(_experiments_by_name, wanted=tx.listed(values))
    ]
    return found or [Thing(EXPERIMENT, None, values[0])]


def _find_experiment_folder(tx: Tx, values: list[str]) -> list[Thing]:  # noqa: ARG001
    return [Thing(EXPERIMENT, None, values[0])]


def _find_models_by_id(tx: Tx, values: list[str]) -> list[Thing]:
    numbers = [int(v) for v in values if v.isascii() and v.isdecimal() and len(v) <= 18]
    rows = tx.all(_models_by_pk, wanted=tx.listed(numbers))
    return [Thing(MODEL, *row)._replace(unsaid=True) for row in rows]


def find_by(tx: Tx, kind: str, value: str) -> list[Thing]:
    """Return what a value of one of the kinds of ``Of`` names; nothing when it names nothing."""
    return _FIND[kind](tx, [value])


def _find_granted(tx: Tx, values: list[Any]) -> list[Thing]:
    row = tx.first(_grant_target, grant=values[0])
    return [] if row is None else [t._replace(unsaid=True) for t in thing_at(tx, *row)]


def thing_at(tx: Tx, kind: str, target: str) -> list[Thing]:
    """Return what a grant's target is, if it exists."""
    if not target.startswith("#") or target.endswith("/"):
        return [Thing(kind, None, target)]
    query = _experiments if kind == EXPERIMENT else _models_by_pk
    return [Thing(kind, *row) for row in tx.all(query, wanted=tx.listed([int(target[1:])]))]


_FIND: dict[str, Callable[[Tx, list[Any]], list[Thing]]] = {
    "experiment": _find_experiments,
    "old_or_new_experiment": _find_old_or_new,
    "experiment_folder": _find_experiment_folder,
    "experiment_name": _find(_experiments_by_name, EXPERIMENT),
    "run": _find(_of_runs, EXPERIMENT),
    "parents": _find(_of_runs, EXPERIMENT),
    "logged_model": _find(_of_logged_models, EXPERIMENT),
    "model": _find(_models, MODEL),
    "model_id": _find_models_by_id,
    "object": find_objects,
    "grant": _find_granted,
}
KINDS = frozenset({*_FIND, "new_experiment", "new_model", "path"})


# ---------------------------------------------------------------- artifacts


def _require_path(tx: Tx, raw: str, needed: Level) -> None:
    """Refuse a path of the artifact store unless the actor has a level on whose it is.

    A path belongs to each experiment that keeps its artifacts there, and to those of the run and
    the logged model whose root holds it; all of them must allow it. Files of a registered version
    can be read by who can read the model.
    """
    path = artifact_directory(raw)
    owners = _owners(tx, path)
    needs: list[Need] = [(owner, needed) for owner in owners]
    if owners and all(level >= needed for _, needed, level in levels_on(tx, needs)):
        return
    if needed is Level.READ:
        models = tx.all(_sealed_models, wanted=tx.listed(_line(path)))
        reads: list[Need] = [(Thing(MODEL, *row), needed) for row in models]
        if any(level >= needed for _, _, level in levels_on(tx, reads)):
            return
    require(tx, needs)
    raise PermissionDenied(
        f"{plain(path) or 'The root'!r} belongs to no experiment: only an admin may use it. Log "
        "files through a run."
    )


def _line(path: str) -> list[str]:
    """Return a path and every directory that it lies in."""
    parts = path.split("/")
    return ["/".join(parts[: n + 1]) for n in range(len(parts))]


def _owners(tx: Tx, path: str) -> set[Thing]:
    if not path:
        return set()
    parts = path.split("/")
    line = _line(path)
    numbers = [int(p) for p in parts if p.isascii() and p.isdecimal() and len(p) <= 18]
    rows = tx.all(_roots_by_id, wanted=tx.listed(numbers))
    rows += tx.all(_roots_by_location, wanted=tx.listed([f"{PROXY}/{place}" for place in line]))
    rows += tx.all(_roots_of_runs, wanted=tx.listed(parts))
    rows += tx.all(_roots_of_logged_models, wanted=tx.listed(parts))
    owners = {Thing(EXPERIMENT, n, name) for uri, n, name in rows if proxy_path(uri) in line}
    inside = tx.all(_located_below, start=f"{PROXY}/{path}/", end=f"{PROXY}/{path}0")
    return owners | {Thing(EXPERIMENT, number, name) for _, number, name in inside}


def require_own_place(tx: Tx, location: str) -> None:
    """Refuse an experiment's location in the artifact store that others use or will use.

    Raises:
        PermissionDenied: says to leave the location out.
    """
    place = proxy_path(location)
    if place is None or tx.actor.user is None or tx.actor.admin:
        return
    root = proxy_path(tx.artifact_root) or ""
    below = place.removeprefix(root).lstrip("/") if f"{place}/".startswith(f"{root}/") else place
    if location != f"{PROXY}/{place}":  # other spellings would hide from those who look for it
        raise InvalidParameter(f"Write the artifact_location as {PROXY}/{plain(place)}.")
    taken = not below or below.partition("/")[0].isdecimal() or f"{root}/".startswith(f"{place}/")
    if taken or _owners(tx, place):
        raise PermissionDenied(
            f"Artifacts of other experiments are or will be at {plain(location)!r}: leave "
            "artifact_location out, and the server chooses a place."
        )


def level_by_name(tx: Tx, name: str) -> Level:
    """Return the actor's level on the registered model of a name; NONE when there is none."""
    if tx.actor.user is None or tx.actor.admin:
        return Level.MANAGE
    return max((level_on(tx, thing) for thing in _FIND["model"](tx, [name])), default=Level.NONE)


def level_on_experiment(tx: Tx, number: int) -> Level:
    """Return the actor's level on an experiment."""
    if tx.actor.user is None or tx.actor.admin:
        return Level.MANAGE
    things = _FIND["experiment"](tx, [str(number)])
    return max((level_on(tx, thing) for thing in things), default=Level.NONE)
