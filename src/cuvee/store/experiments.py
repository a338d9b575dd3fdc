"""Experiments in SQL."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, func, select, update

from cuvee.api.base import Empty
from cuvee.api.experiments import (
    MIN_OWN_ID,
    CreateExperiment,
    DeleteExperiment,
    DeleteExperimentTag,
    Experiment,
    ExperimentCreated,
    ExperimentResult,
    ExperimentTag,
    GetExperiment,
    GetExperimentByName,
    RestoreExperiment,
    SetExperimentTag,
    UpdateExperiment,
)
from cuvee.api.names import experiment_number, plain, shown
from cuvee.errors import AlreadyExists, InvalidParameter, NotFound
from cuvee.store import access, guards, schema
from cuvee.store.engine import arg, hot, insert
from cuvee.store.locations import experiment_location
from cuvee.store.makers import made_by_actor
from cuvee.store.tx import Tx

EXPERIMENT_IDS = "experiment ids"
"""Name of the cursor that keeps the highest number of an experiment that was purged."""

_e = schema.experiments
_t = schema.experiment_tags

_by_id = hot(select(_e).where(_e.c.id == arg("id")))
_by_name = hot(select(_e).where(_e.c.name == arg("name")))
_lock = hot(select(_e).where(_e.c.id == arg("id")).with_for_update())
_next_id = hot(select(func.max(_e.c.id)).where(_e.c.id < MIN_OWN_ID))
_purged_id = hot(select(schema.cursors.c.place).where(schema.cursors.c.name == arg("name")))
_add = hot(insert(_e).values({c.name: arg(c.name) for c in _e.c}))
_set = hot(
    update(_e)
    .where(_e.c.id == arg("id"))
    .values(name=arg("name"), lifecycle=arg("lifecycle"), updated=arg("updated"))
)
_set_runs = hot(
    update(schema.runs)
    .where(schema.runs.c.experiment_id == arg("id"))
    .values(lifecycle=arg("lifecycle"))
)
_tags = hot(lambda db: select(_t).where(db.among(_t.c.experiment_id, "ids")).order_by(_t.c.key))
_tag = hot(select(_t.c.value).where(_t.c.experiment_id == arg("id"), _t.c.key == arg("key")))
_new_tag = insert(_t)
_put_tag = hot(
    _new_tag.on_conflict_do_update(
        index_elements=["experiment_id", "key"], set_={"value": _new_tag.excluded.value}
    )
)
_drop_tag = hot(delete(_t).where(_t.c.experiment_id == arg("id"), _t.c.key == arg("key")))


def create_experiment(tx: Tx, op: CreateExperiment) -> ExperimentCreated:
    if op.experiment_id and _made_already(tx, op):
        return ExperimentCreated(op.experiment_id)
    found = tx.first(_by_name, name=op.name)
    if found is not None:
        stage = "" if found[3] == "active" else ", deleted: restore it"
        raise AlreadyExists(
            f"Experiment(name={plain(op.name)}) already exists (id {found[0]}{stage}). Use it, or "
            "choose another name."
        )
    return ExperimentCreated(str(_create(tx, op)))


def _create(tx: Tx, op: CreateExperiment) -> int:
    """Create an experiment whose name was free a moment ago; the index refuses it if it is not."""
    number = int(op.experiment_id or 0) or 1 + max(
        tx.value(_next_id) or 0, tx.value(_purged_id, name=EXPERIMENT_IDS) or 0, 0
    )
    location = experiment_location(op.artifact_location, tx.artifact_root, number)
    if op.artifact_location:
        access.require_own_place(tx, location)
    row = {
        "id": number,
        "name": op.name,
        "artifact_location": location,
        "lifecycle": "active",
        "created": tx.now,
        "updated": tx.now,
    }
    tx.run(_add, **row)
    access.grant_creator(tx, access.Thing("experiment", number, op.name))
    tx.bulk(_put_tag, [(number, t.key, t.value) for t in op.tags])
    tx.record(
        "experiment.created",
        f"experiment:{number}",
        after={
            "name": op.name,
            "artifact_location": location,
            "tags": {t.key: t.value for t in op.tags},
        },
        comment=op.comment,
    )
    return number


def _made_already(tx: Tx, op: CreateExperiment) -> bool:
    """Say whether this very creation was done before.

    Raises:
        AlreadyExists: its id belongs to another experiment.
    """
    number = int(op.experiment_id)
    if tx.first(_by_id, id=number) is None:
        return False
    made = made_by_actor(tx, "experiment.created", f"experiment:{number}")
    if made is None or made.get("name") != op.name:
        raise AlreadyExists(
            f"The experiment id {number} belongs to another experiment, so nothing was created: "
            "make a new id, 16 to 18 random digits."
        )
    return True


def open_experiment(tx: Tx, name: str) -> tuple[Any, ...]:
    """Return the row of the experiment of a name, which is created if there is none.

    Raises:
        InvalidParameter: it is deleted.
    """
    if tx.first(_by_name, name=name) is None:
        # Not create_experiment: by now its own look may find what another has made.
        _create(tx, CreateExperiment(name=name))
    row = tx.first(_by_name, name=name)
    if row is None:
        raise NotFound(_no_name(name))
    _require_active(row, "written to")
    return row


def get_experiment(tx: Tx, op: GetExperiment) -> ExperimentResult:
    return ExperimentResult(load_experiments(tx, [find_experiment(tx, op.experiment_id)])[0])


def get_experiment_by_name(tx: Tx, op: GetExperimentByName) -> ExperimentResult:
    row = tx.first(_by_name, name=op.experiment_name)
    if row is None:
        raise NotFound(_no_name(op.experiment_name))
    return ExperimentResult(load_experiments(tx, [row])[0])


def update_experiment(tx: Tx, op: UpdateExperiment) -> Empty:
    row = find_experiment(tx, op.experiment_id, lock=True)
    _require_active(row, "renamed", "Cannot rename a non-active experiment. ")
    other = tx.first(_by_name, name=op.new_name)
    if other is not None and other[0] != row[0]:
        raise AlreadyExists(
            f"Experiment(name={plain(op.new_name)}) already exists (id {other[0]}"
            f"{'' if other[3] == 'active' else ', deleted'}): choose another name."
        )
    tx.run(_set, id=row[0], name=op.new_name, lifecycle=row[3], updated=tx.now)
    tx.record(
        "experiment.renamed",
        f"experiment:{row[0]}",
        before={"name": row[1]},
        after={"name": op.new_name},
        comment=op.comment,
    )
    return Empty()


def delete_experiment(tx: Tx, op: DeleteExperiment) -> Empty:
    _change_lifecycle(tx, op, "active", "deleted", force=op.force)
    return Empty()


def restore_experiment(tx: Tx, op: RestoreExperiment) -> Empty:
    _change_lifecycle(tx, op, "deleted", "active")
    return Empty()


def set_experiment_tag(tx: Tx, op: SetExperimentTag) -> Empty:
    row = find_experiment(tx, op.experiment_id, lock=True)
    _require_active(row, "tagged")
    old = tx.value(_tag, id=row[0], key=op.key)
    tx.bulk(_put_tag, [(row[0], op.key, op.value)])
    if old != op.value:
        tx.record(
            "experiment.tag_set",
            f"experiment:{row[0]}",
            before={} if old is None else {op.key: old},
            after={op.key: op.value},
            comment=op.comment,
        )
    return Empty()


def delete_experiment_tag(tx: Tx, op: DeleteExperimentTag) -> Empty:
    row = find_experiment(tx, op.experiment_id, lock=True)
    _require_active(row, "changed")
    old = tx.value(_tag, id=row[0], key=op.key)
    if old is None:
        raise NotFound(
            f"No tag with name: {plain(op.key)} in experiment with id {row[0]}: experiments/get "
            "shows which it has."
        )
    tx.run(_drop_tag, id=row[0], key=op.key)
    tx.record(
        "experiment.tag_deleted",
        f"experiment:{row[0]}",
        before={op.key: old},
        comment=op.comment,
    )
    return Empty()


def _change_lifecycle(
    tx: Tx,
    op: DeleteExperiment | RestoreExperiment,
    old: str,
    new: str,
    *,
    force: bool = False,
) -> None:
    row = find_experiment(tx, op.experiment_id, lock=True)
    if row[3] != old:
        raise NotFound(
            f"No Experiment with id={row[0]} exists that is {old}: it is {row[3]}, and nothing is "
            "to be done."
        )
    forced = None
    if new == "deleted":
        forced = guards.EXPERIMENT.check(tx, row[0], f"Experiment {row[0]}", force=force)
    tx.run(_set, id=row[0], name=row[1], lifecycle=new, updated=tx.now)
    tx.run(_set_runs, id=row[0], lifecycle=new)
    tx.record(
        f"experiment.{'deleted' if new == 'deleted' else 'restored'}",
        f"experiment:{row[0]}",
        before={"lifecycle_stage": old},
        after={"lifecycle_stage": new},
        comment=op.comment,
        details=forced,
    )


def find_experiment(tx: Tx, experiment_id: str, *, lock: bool = False) -> tuple[Any, ...]:
    """Return an experiment's row, in the order of ``schema.experiments``.

    Raises:
        NotFound: there is none with this id.
    """
    row = tx.first(_lock if lock else _by_id, id=experiment_number(experiment_id))
    if row is None:
        raise NotFound(
            f"No Experiment with id={experiment_id} exists: experiments/search lists those that "
            "there are."
        )
    return row


def _no_name(name: str) -> str:
    return (
        f"Could not find experiment with name {shown(name)}: experiments/search lists those that "
        "there are."
    )


def require_active_experiment(tx: Tx, experiment_id: str) -> tuple[Any, ...]:
    """Return an experiment's row; refuse one that is deleted."""
    row = find_experiment(tx, experiment_id)
    _require_active(row, "written to")
    return row


def _require_active(row: tuple[Any, ...], what: str, said: str = "") -> None:
    if row[3] != "active":
        raise InvalidParameter(
            f"{said}The experiment {row[0]} must be in the 'active' state. Current state is "
            f"deleted: restore it first (experiments/restore), for it is to be {what}."
        )


def load_experiments(tx: Tx, rows: list[tuple[Any, ...]]) -> list[Experiment]:
    """Return experiments with their tags for rows in the order of ``schema.experiments``."""
    tags: dict[int, list[ExperimentTag]] = {row[0]: [] for row in rows}
    for number, key, value in tx.all(_tags, ids=tx.listed(list(tags))):
        tags[number].append(ExperimentTag(key, value))
    return [
        Experiment(
            experiment_id=str(row[0]),
            name=row[1],
            artifact_location=row[2],
            lifecycle_stage=row[3],
            creation_time=row[4],
            last_update_time=row[5],
            tag_items=tags[row[0]],
        )
        for row in rows
    ]
