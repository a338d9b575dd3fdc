"""Deletion for good in SQL: rows and names go, the history and what others need stay."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec import Struct
from sqlalchemy import delete, func, or_, select

from cuvee.api.experiments import MIN_OWN_ID
from cuvee.api.purge import KINDS, Purge, PurgeItem, PurgePage, purge_place
from cuvee.api.times import DAY
from cuvee.store import access, schema
from cuvee.store.artifacts import drop_tree, sealed_near, tree_size
from cuvee.store.engine import arg, hot, insert
from cuvee.store.experiments import EXPERIMENT_IDS
from cuvee.store.locations import proxy_path
from cuvee.store.tx import Tx

_r = schema.runs
_e = schema.experiments
_m = schema.logged_models
_v = schema.model_versions
_rm = schema.registered_models
_ev = schema.events
_c = schema.cursors

_next_runs = hot(
    select(_r.c.pk, _r.c.run_id, _r.c.name, _r.c.artifact_uri, _r.c.experiment_id)
    .where(_r.c.lifecycle == "deleted", _r.c.pk > arg("after"))
    .order_by(_r.c.pk)
    .limit(arg("most"))
    .with_for_update()
)
_gone = select(_e.c.id).where(_e.c.lifecycle == "deleted")
_next_models = hot(
    select(_m.c.pk, _m.c.model_id, _m.c.name, _m.c.artifact_uri, _m.c.experiment_id)
    .where(or_(_m.c.lifecycle == "deleted", _m.c.experiment_id.in_(_gone)), _m.c.pk > arg("after"))
    .order_by(_m.c.pk)
    .limit(arg("most"))
    .with_for_update()
)
_next_experiments = hot(
    select(_e.c.id, _e.c.id, _e.c.name, _e.c.artifact_location, _e.c.id)
    .where(_e.c.lifecycle == "deleted", _e.c.id > arg("after"))
    .order_by(_e.c.id)
    .limit(arg("most"))
    .with_for_update()
)
_last_deleted = hot(
    lambda db: select(func.max(_ev.c.time)).where(
        db.among(_ev.c.object, "objects"), db.among(_ev.c.action, "actions")
    )
)
_named_version = select(_rm.c.name, _v.c.version).join(_rm, _rm.c.pk == _v.c.model_pk).limit(1)
_version_of_run = hot(_named_version.where(_v.c.run_id == arg("id")))
_version_of_model = hot(_named_version.where(_v.c.model_id == arg("id")))
_model_of_run = hot(
    select(_m.c.model_id)
    .join(_e, _e.c.id == _m.c.experiment_id)
    .where(_m.c.source_run_id == arg("id"), _m.c.lifecycle == "active", _e.c.lifecycle == "active")
    .limit(1)
)
_version_in_experiment = hot(
    _named_version.where(
        or_(
            _v.c.run_id.in_(select(_r.c.run_id).where(_r.c.experiment_id == arg("id"))),
            _v.c.model_id.in_(select(_m.c.model_id).where(_m.c.experiment_id == arg("id"))),
        )
    )
)
_left = [
    hot(select(table.c.pk).where(table.c.experiment_id == arg("id")).limit(1)) for table in (_r, _m)
]
_drops_of_run = [
    hot(delete(table).where(table.c.run_pk == arg("pk")))
    for table in schema.metadata.tables.values()
    if "run_pk" in table.c
] + [hot(delete(_r).where(_r.c.pk == arg("pk")))]
_drops_of_model = [
    hot(delete(table).where(table.c.model_pk == arg("pk")))
    for table in (
        schema.logged_model_params,
        schema.logged_model_tags,
        schema.logged_model_metrics,
    )
] + [hot(delete(_m).where(_m.c.pk == arg("pk")))]
_drops_of_experiment = [
    hot(delete(schema.experiment_tags).where(schema.experiment_tags.c.experiment_id == arg("pk"))),
    hot(delete(schema.datasets).where(schema.datasets.c.experiment_id == arg("pk"))),
    hot(delete(_e).where(_e.c.id == arg("pk"))),
]
_mark = insert(_c).values(name=arg("name"), place=arg("place"))
_raise_mark = hot(
    _mark.on_conflict_do_update(
        index_elements=["name"],
        set_={"place": _mark.excluded.place},
        where=_mark.excluded.place > _c.c.place,
    )
)


class Kind(Struct, frozen=True):
    """How things of a kind are found, why one stays, and what goes with it.

    Args:
        noun: as in the events.
        find: the next ones: key, id, name, place of the files, experiment.
        why: the reason to keep one, or an empty text.
        drops: what removes one's rows.
    """

    noun: str
    find: hot
    why: Callable[[Tx, Any, str | None, bool], str]
    drops: list[hot]


def purge(tx: Tx, op: Purge) -> PurgePage:
    tx.database.lock(tx.cursor, "artifacts")
    kind, after = purge_place(op.page_token)
    items: list[PurgeItem] = []
    for name in KINDS[KINDS.index(kind) :]:
        most = op.max_items - len(items)
        rows = tx.all(_KINDS[name].find, after=after, most=most)
        items += [item for row in rows if (item := _purge(tx, op, _KINDS[name], row)) is not None]
        if len(rows) == most:
            return PurgePage(items, f"{name}:{rows[-1][0]}")
        after = -1
    return PurgePage(items)


def _purge(tx: Tx, op: Purge, kind: Kind, row: tuple[Any, ...]) -> PurgeItem | None:
    """Remove one thing, or say why it stays; None when it was deleted too short a time ago."""
    number, name, uri, experiment = row[1:]
    objects = [f"{kind.noun}:{number}", f"experiment:{experiment}"]
    deleted = tx.value(
        _last_deleted,
        objects=tx.listed(objects),
        actions=tx.listed([f"{kind.noun}.deleted", "experiment.deleted"]),
    )
    if (deleted or 0) > tx.now - DAY * op.older_than_days:
        return None
    root = proxy_path(uri)
    if kind.noun == "experiment" and root != _own_root(tx, number):
        root = None  # others may keep their files there
    kept = kind.why(tx, number, root, op.dry_run)
    files, size = (0, 0) if kept or not root else tree_size(tx, root)
    if not kept and not op.dry_run:
        _remove(tx, op, kind, row, root)
    return PurgeItem(
        kind=kind.noun,  # type: ignore[arg-type]  # one of KINDS
        id=str(number),
        name=name,
        deleted=deleted or 0,
        files=files,
        size=size,
        kept=kept,
    )


def _remove(tx: Tx, op: Purge, kind: Kind, row: tuple[Any, ...], root: str | None) -> None:
    pk, number, name, _, experiment = row
    if root:
        drop_tree(tx, root)
    for statement in kind.drops:
        tx.run(statement, pk=pk)
    before: dict[str, Any] = {"name": name}
    if kind.noun == "experiment":
        if number < MIN_OWN_ID:  # no other experiment ever has its number
            tx.run(_raise_mark, name=EXPERIMENT_IDS, place=number)
        access.forget_grants(tx, access.Thing("experiment", number, name))
    else:
        before["experiment_id"] = str(experiment)
    tx.record(f"{kind.noun}.purged", f"{kind.noun}:{number}", before=before, comment=op.comment)


def _own_root(tx: Tx, number: int) -> str | None:
    return proxy_path(f"{tx.artifact_root.rstrip('/')}/{number}")


def _sealed(tx: Tx, root: str | None) -> str:
    found = sealed_near(tx, root) if root else None
    return f"version {found[1]} of model {found[0]} has its files" if found else ""


def _version(row: tuple[Any, ...] | None, what: str) -> str:
    return f"version {row[1]} of model {row[0]} {what}" if row else ""


def _why_run(tx: Tx, run_id: str, root: str | None, dry_run: bool) -> str:  # noqa: ARG001
    model = tx.value(_model_of_run, id=run_id)
    return (
        _version(tx.first(_version_of_run, id=run_id), "was made by it")
        or _sealed(tx, root)
        or (f"logged model {model} was made by it" if model else "")
    )


def _why_model(tx: Tx, model_id: str, root: str | None, dry_run: bool) -> str:  # noqa: ARG001
    row = tx.first(_version_of_model, id=model_id)
    return _version(row, "was made from it") or _sealed(tx, root)


def _why_experiment(tx: Tx, number: int, root: str | None, dry_run: bool) -> str:
    if number == 0:
        return "clients expect the experiment 0 to exist"
    row = tx.first(_version_in_experiment, id=number)
    why = _version(row, "was made in it") or _sealed(tx, root)
    if why or dry_run:
        return why
    left = any(tx.first(statement, id=number) for statement in _left)
    return "runs or logged models in it are kept" if left else ""


_KINDS = {
    "logged_model": Kind("logged_model", _next_models, _why_model, _drops_of_model),
    "run": Kind("run", _next_runs, _why_run, _drops_of_run),
    "experiment": Kind("experiment", _next_experiments, _why_experiment, _drops_of_experiment),
}
