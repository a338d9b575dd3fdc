"""Levels: what all grants together let the actor do with an experiment or a registered model.

Grants stand on one object (``#<id>``), on a folder of names (``team/``) or on everything (an empty
text), for a user or a group. ``NONE`` anywhere takes everything away; otherwise the highest level
counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, delete, or_, select

from cuvee.api.base import Level
from cuvee.api.names import plain
from cuvee.api.permissions import EVERYONE, EVERYONE_NAME, level_name
from cuvee.errors import PermissionDenied
from cuvee.store import schema
from cuvee.store.engine import arg, hot, insert
from cuvee.store.tx import Tx

EXPERIMENT, MODEL = "experiment", "model"
_g = schema.grants
_m = schema.registered_models
_gm = schema.group_members


class Thing(NamedTuple):
    """What a level is on: an experiment, a registered model, or a folder of either.

    Args:
        kind: ``experiment`` or ``model``.
        number: its id or primary key; None for a folder, or for what does not exist yet.
        name: its name; a folder's ends in ``/``, and that of everything is empty.
        place: the folder of a registered model, which its name does not tell; without ``/`` at
            its end.
        unsaid: whether the caller has sent its number only, so that no refusal may tell its name.
    """

    kind: str
    number: int | None
    name: str
    place: str = ""
    unsaid: bool = False

    @property
    def path(self) -> str:
        """Its name behind the folder that it is in."""
        return f"{self.place}/{self.name}" if self.place else self.name

    @property
    def folder(self) -> str:
        """The folder that the name lies in."""
        return self.path[: self.path.rfind("/") + 1]

    @property
    def targets(self) -> list[str]:
        """The targets of the grants that count for it: itself and every folder around it."""
        around = [""] + [self.path[: i + 1] for i, c in enumerate(self.path) if c == "/"]
        return around if self.number is None else [f"#{self.number}", *around]

    @property
    def target(self) -> str:
        """The target of grants on itself."""
        return self.name if self.number is None else f"#{self.number}"

    def __str__(self) -> str:
        if self.unsaid:
            what = "a folder of" if self.number is None else f"number {self.number} of"
            return f"{what} {'registered ' if self.kind == MODEL else ''}{self.kind}s"
        if self.number is None:
            where = f"the folder {plain(self.folder)!r} of" if self.folder else "all"
            return f"{where} {self.kind}s"
        if self.kind == EXPERIMENT:  # its name may be one that the caller cannot see
            return f"experiment {self.number}"
        return f"the registered model {plain(self.name)!r}"


Need = tuple[Thing, Level]


def mine(user: Any) -> ColumnElement[bool]:
    """Return "the grant is the user's, or one of the user's groups'"."""
    groups = select(_gm.c.group_pk).where(_gm.c.user_pk == user)
    group = or_(_g.c.subject_pk == EVERYONE, _g.c.subject_pk.in_(groups))
    return or_(
        and_(_g.c.subject_kind == "user", _g.c.subject_pk == user),
        and_(_g.c.subject_kind == "group", group),
    )


_granted = hot(
    lambda db: select(_g.c.target, _g.c.level).where(
        _g.c.kind == arg("kind"),
        db.among(_g.c.target, "targets"),
        or_(_g.c.stage == "", _g.c.stage == arg("stage")),
        mine(arg("user")),
    )
)
_new_grant = insert(_g).values({c.name: arg(c.name) for c in _g.c if c.name != "pk"})
_put_grant = hot(
    _new_grant.on_conflict_do_update(
        index_elements=["kind", "target", "stage", "subject_kind", "subject_pk"],
        set_={c: _new_grant.excluded[c] for c in ("level", "granted_by", "created")},
    )
)


def require(tx: Tx, needs: Sequence[Need]) -> None:
    """Refuse unless the actor has a level on each of some things.

    Raises:
        PermissionDenied: says on what, what is needed, and who can give it.
    """
    if tx.actor.user is None or tx.actor.admin:
        return
    for thing, needed, level in levels_on(tx, needs):
        if level < needed:
            raise PermissionDenied(
                f"Permission denied. {tx.actor.name} has {level_name(level)} on {thing}, and this "
                f"needs {_wanted(thing, needed)}: ask someone who has CAN_MANAGE there, or an "
                "admin (`cuvee permissions explain` says who)."
            )


def _wanted(thing: Thing, needed: Level) -> str:
    makes = thing.number is None and needed is Level.EDIT
    return f"{'CAN_CREATE or ' if makes else ''}{level_name(needed)}"


def levels_on(tx: Tx, needs: Sequence[Need]) -> Iterable[tuple[Thing, Level, Level]]:
    """Yield each thing, the level needed of it, and the actor's."""
    for kind in (EXPERIMENT, MODEL):
        here = [need for need in needs if need[0].kind == kind]
        if here:
            targets = {target for thing, _ in here for target in thing.targets}
            found = _by_target(tx, kind, list(targets))
            for thing, needed in here:
                level = _combine(found, thing.targets)
                if needed is Level.EDIT and thing.number is None and level:
                    given = {n for target in thing.targets for n in found.get(target, ())}
                    level = max(level, Level.EDIT) if Level.CREATE in given else level
                yield thing, needed, level


def _by_target(
    tx: Tx, kind: str, targets: list[str], stage: str = "", user: int | None = None
) -> dict[str, list[int]]:
    who = tx.actor.user if user is None else user
    rows = tx.all(_granted, kind=kind, targets=tx.listed(targets), stage=stage, user=who)
    found: dict[str, list[int]] = {}
    for target, level in rows:
        found.setdefault(target, []).append(level)
    return found


def _combine(found: dict[str, list[int]], targets: Iterable[str]) -> Level:
    return combined(level for target in targets for level in found.get(target, ()))


def combined(levels: Iterable[int]) -> Level:
    """Return what some levels are together: the highest, or NONE if one of them is."""
    given = list(levels)
    return Level(max(given)) if given and min(given) > Level.NONE else Level.NONE


def level_on(tx: Tx, thing: Thing, stage: str = "") -> Level:
    """Return the actor's level on a thing, or for moves in and out of one stage of a model."""
    if tx.actor.user is None or tx.actor.admin:
        return Level.MANAGE
    return _combine(_by_target(tx, thing.kind, thing.targets, stage), thing.targets)


def level_of_user(tx: Tx, user: int, thing: Thing, stage: str = "") -> Level:
    """Return the level of a user, who is no admin, on a thing or for moves of one stage."""
    return _combine(_by_target(tx, thing.kind, thing.targets, stage, user), thing.targets)


def level_on_model(tx: Tx, pk: int, name: str, stage: str = "") -> Level:
    """Return the actor's level on a registered model, or for moves in and out of one stage.

    Args:
        tx: the transaction.
        pk: the model's primary key.
        name: the model's name.
        stage: the stage; empty for the model itself.
    """
    if tx.actor.user is None or tx.actor.admin:
        return Level.MANAGE
    return level_on(tx, model_thing(tx, pk, name), stage)


_place = hot(select(_m.c.folder).where(_m.c.pk == arg("model_pk")))


def model_thing(tx: Tx, pk: int, name: str) -> Thing:
    """Return a registered model, in the folder where it is now."""
    return Thing(MODEL, pk, name, tx.value(_place, model_pk=pk) or "")


def grant_creator(tx: Tx, thing: Thing) -> None:
    """Give ``MANAGE`` on something new to the user who makes it."""
    if tx.actor.user is not None:
        put_grant(tx, thing, "", "user", tx.actor.user, Level.MANAGE)


def put_grant(
    tx: Tx, thing: Thing, stage: str, subject_kind: str, subject_pk: int, level: Level
) -> None:
    """Give a user or a group a level; it replaces the one given there before.

    Args:
        tx: the transaction.
        thing: an experiment, a registered model, or a folder of them.
        stage: of a model, for moves in and out of it; empty for the model itself.
        subject_kind: ``user`` or ``group``.
        subject_pk: whose; ``EVERYONE`` is the group of all users.
        level: the level.
    """
    tx.run(
        _put_grant,
        kind=thing.kind,
        target=thing.target,
        stage=stage,
        subject_kind=subject_kind,
        subject_pk=subject_pk,
        level=int(level),
        granted_by=tx.actor.name,
        created=tx.now,
    )


_drop_grants = hot(delete(_g).where(_g.c.kind == arg("kind"), _g.c.target == arg("target")))


def forget_grants(tx: Tx, thing: Thing) -> None:
    """Take all grants on an object that is being removed: its number may be used again."""
    tx.run(_drop_grants, kind=thing.kind, target=thing.target)


_groups_by_user = hot(
    select(schema.groups.c.name)
    .join(_gm, _gm.c.group_pk == schema.groups.c.pk)
    .join(schema.users, schema.users.c.pk == _gm.c.user_pk)
    .where(schema.users.c.name == arg("user"))
)


def groups_of(tx: Tx, user: str) -> frozenset[str]:
    """Return the names of the groups that a user, by name, is a member of; ``everyone`` is one."""
    return frozenset(name for (name,) in tx.all(_groups_by_user, user=user)) | {EVERYONE_NAME}
