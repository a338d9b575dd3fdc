"""Runs in SQL."""

from __future__ import annotations

from typing import Any

from msgspec import json as msgspec_json
from sqlalchemy import select, update

from cuvee.api.base import Empty
from cuvee.api.ids import new_id
from cuvee.api.names import plain, shown
from cuvee.api.run_names import random_name
from cuvee.api.runs import (
    RUN_NAME_TAG,
    CreateRun,
    DeleteRun,
    DeleteTag,
    GetRun,
    LogModel,
    LogParam,
    Param,
    RestoreRun,
    RunInfoResult,
    RunResult,
    SetTag,
    UpdateRun,
)
from cuvee.api.wordings import run_missing
from cuvee.errors import AlreadyExists, InvalidParameter, NotFound
from cuvee.store import guards, schema
from cuvee.store.engine import arg, hot, insert
from cuvee.store.experiments import open_experiment, require_active_experiment
from cuvee.store.lost_runs import status_set
from cuvee.store.makers import made_by_actor
from cuvee.store.nesting import check_parent
from cuvee.store.run_data import load_runs, new_run, run_info
from cuvee.store.run_tags import drop_tags, put_tags
from cuvee.store.settling import parsed_number
from cuvee.store.tx import Tx

_r = schema.runs
_p = schema.params
_t = schema.tags

_by_id = hot(select(_r).where(_r.c.run_id == arg("run_id")))
_lock = hot(select(_r).where(_r.c.run_id == arg("run_id")).with_for_update())
_add = hot(
    insert(_r).values({c.name: arg(c.name) for c in _r.c if c.name != "pk"}).returning(_r.c.pk)
)
_set = hot(
    update(_r)
    .where(_r.c.pk == arg("run_pk"))
    .values(name=arg("name"), status=arg("status"), end_time=arg("end_time"))
)
_set_lifecycle = hot(update(_r).where(_r.c.pk == arg("run_pk")).values(lifecycle=arg("lifecycle")))
_rename = hot(update(_r).where(_r.c.pk == arg("run_pk")).values(name=arg("name")))
_add_param = hot(insert(_p).on_conflict_do_nothing())
_params = hot(
    lambda db: select(_p.c.key_id, _p.c.value).where(
        _p.c.run_pk == arg("run_pk"), db.among(_p.c.key_id, "key_ids")
    )
)
_id_of = hot(select(_r.c.run_id).where(_r.c.pk == arg("run_pk")))
_tag = hot(select(_t.c.value).where(_t.c.run_pk == arg("run_pk"), _t.c.key_id == arg("key_id")))

ENDED = {"FINISHED": "run.finished", "FAILED": "run.failed", "KILLED": "run.killed"}
LOG_MODEL_TAG = "mlflow.log-model.history"
LOG_MODEL_FIELDS = ("artifact_path", "flavors", "utc_time_created", "run_id")


def create_run(tx: Tx, op: CreateRun) -> RunResult:
    experiment = (
        open_experiment(tx, op.experiment_name)
        if op.experiment_name
        else require_active_experiment(tx, op.experiment_id)
    )
    made = tx.first(_by_id, run_id=op.run_id) if op.run_id else None
    if made is not None:
        _require_same(tx, op, experiment[0], made)
        return RunResult(load_runs(tx, [made])[0])
    tags = {t.key: t.value for t in op.tags}
    name = op.run_name or tags.get(RUN_NAME_TAG) or random_name()
    tags[RUN_NAME_TAG] = name
    run_id = op.run_id or new_id()
    row: dict[str, Any] = {
        "run_id": run_id,
        "experiment_id": experiment[0],
        "name": name,
        "user_id": op.user_id,
        "status": "RUNNING",
        "start_time": op.start_time,
        "end_time": None,
        "lifecycle": "active",
        "artifact_uri": f"{experiment[2]}/{run_id}/artifacts",
        "created_by": tx.actor.name,
    }
    check_parent(tx, run_id, tags)
    pk = tx.value(_add, **row)
    put_tags(tx, pk, tags)
    tx.record(
        "run.created",
        f"run:{run_id}",
        after={
            "experiment_id": str(experiment[0]),
            "run_name": name,
            "status": "RUNNING",
            "user_id": op.user_id,
            "start_time": op.start_time,
        },
        comment=op.comment,
    )
    return RunResult(new_run((pk, *row.values()), tags))


def _require_same(tx: Tx, op: CreateRun, experiment: int, made: tuple[Any, ...]) -> None:
    """Refuse to create a run whose id is taken, unless by the same creation."""
    same = (made[2], made[4], made[6]) == (experiment, op.user_id, op.start_time)
    if not same or made_by_actor(tx, "run.created", f"run:{op.run_id}") is None:
        raise AlreadyExists(
            f"The run id {op.run_id} belongs to another run, so nothing was created: make a new "
            "id, 32 random hexadecimal digits."
        )


def get_run(tx: Tx, op: GetRun) -> RunResult:
    return RunResult(load_runs(tx, [find_run(tx, op.run_id)], model_inputs=True)[0])


def update_run(tx: Tx, op: UpdateRun) -> RunInfoResult:
    row = find_run(tx, op.run_id, lock=True)
    require_writable(row)
    pk, old_name, old_status, old_end = row[0], row[3], row[5], row[7]
    name = op.run_name or old_name
    status = op.status or old_status
    end_time = old_end if op.end_time is None else op.end_time
    if op.status and status_set(tx, row, status) and status == "RUNNING":
        end_time = op.end_time  # the end that is taken back was nobody's word
    tx.run(_set, run_pk=pk, name=name, status=status, end_time=end_time)
    if name != old_name:
        put_tags(tx, pk, {RUN_NAME_TAG: name})
        _record_rename(tx, row[1], old_name, name, op.comment)
    if (status, end_time) != (old_status, old_end):
        ended = ENDED.get(status) if status != old_status else None
        tx.record(
            ended or "run.status_changed",
            f"run:{row[1]}",
            before={"status": old_status},
            after={"status": status, "end_time": end_time},
            comment=op.comment,
        )
    return RunInfoResult(run_info((*row[:3], name, row[4], status, row[6], end_time, *row[8:])))


def delete_run(tx: Tx, op: DeleteRun) -> Empty:
    return _change_lifecycle(tx, op, "deleted", force=op.force)


def restore_run(tx: Tx, op: RestoreRun) -> Empty:
    return _change_lifecycle(tx, op, "active")


def log_param(tx: Tx, op: LogParam) -> Empty:
    pk = find_writable_run(tx, op.run_id)
    put_params(tx, pk, [Param(op.key, op.value)])
    return Empty()


def set_tag(tx: Tx, op: SetTag) -> Empty:
    row = find_run(tx, op.run_id)
    require_writable(row)
    check_parent(tx, row[1], {op.key: op.value})
    put_tags(tx, row[0], {op.key: op.value})
    rename_by_tag(tx, row, {op.key: op.value})
    return Empty()


def delete_tag(tx: Tx, op: DeleteTag) -> Empty:
    pk = find_writable_run(tx, op.run_id)
    if not drop_tags(tx, pk, [op.key]):
        raise NotFound(
            f"No tag with name: {plain(op.key)} in run with id {op.run_id}: runs/get shows which "
            "it has."
        )
    return Empty()


def log_model(tx: Tx, op: LogModel) -> Empty:
    pk = find_writable_run(tx, op.run_id)
    try:
        model = msgspec_json.decode(op.model_json)
    except (ValueError, RecursionError):
        raise InvalidParameter(
            "Malformed model info: model_json is not JSON. Send the MLmodel file as a JSON object."
        ) from None
    missing = [f for f in LOG_MODEL_FIELDS if not isinstance(model, dict) or f not in model]
    if missing:
        raise InvalidParameter(
            f"Model json is missing mandatory fields: {', '.join(missing)}. Send the MLmodel file "
            "as a JSON object."
        )
    key_id = tx.key_ids([LOG_MODEL_TAG], create=True)[LOG_MODEL_TAG]
    history = tx.value(_tag, run_pk=pk, key_id=key_id)
    models = _models_of(history)
    if model not in models:  # a client may send it again
        put_tags(tx, pk, {LOG_MODEL_TAG: msgspec_json.encode([*models, model]).decode()})
    return Empty()


def _models_of(history: str | None) -> list[Any]:
    """Return the models that a run's tag lists; anyone can write a tag, so look at it."""
    try:
        return msgspec_json.decode(history or "[]", type=list[Any])
    except (ValueError, RecursionError):
        raise InvalidParameter(
            f"The run's tag {LOG_MODEL_TAG} does not hold a JSON list: delete the tag first."
        ) from None


def find_run(tx: Tx, run_id: str, *, lock: bool = False) -> tuple[Any, ...]:
    """Return a run's row, in the order of ``schema.runs``.

    Raises:
        NotFound: there is none with this id.
    """
    row = tx.first(_lock if lock else _by_id, run_id=run_id)
    if row is None:
        raise NotFound(run_missing(run_id))
    return row


def find_writable_run(tx: Tx, run_id: str) -> int:
    """Return the primary key of a run that may be written to."""
    row = find_run(tx, run_id)
    require_writable(row)
    pk: int = row[0]
    return pk


def require_writable(row: tuple[Any, ...]) -> None:
    """Refuse a run that is deleted."""
    if row[8] != "active":
        raise InvalidParameter(
            f"The run {row[1]} must be in the 'active' state. Current state is deleted: restore "
            "it first (runs/restore) to write to it."
        )


def put_params(tx: Tx, pk: int, params: list[Param]) -> None:
    """Add params to a run.

    Raises:
        InvalidParameter: one of them has another value already.
    """
    ids = tx.key_ids([p.key for p in params], create=True)
    tx.bulk(_add_param, [(pk, ids[p.key], p.value, parsed_number(p.value)) for p in params])
    stored: dict[int, str] = dict(tx.all(_params, run_pk=pk, key_ids=tx.listed(list(ids.values()))))
    for param in params:
        old = stored[ids[param.key]]
        if old != param.value:
            run_id = tx.value(_id_of, run_pk=pk)
            raise InvalidParameter(
                "Changing param values is not allowed. Param with key="
                f"{shown(param.key)} was already logged with value={shown(old)} for run ID="
                f"{shown(run_id)}. Attempted logging new value {shown(param.value)}: log a metric "
                "or a tag for what changes, or start another run."
            )


def rename_by_tag(tx: Tx, row: tuple[Any, ...], tags: dict[str, str]) -> None:
    """Rename a run whose name tag was set: the tag and the name are one."""
    name = tags.get(RUN_NAME_TAG)
    if name and name != row[3]:
        tx.run(_rename, run_pk=row[0], name=name)
        _record_rename(tx, row[1], row[3], name, "")


def _record_rename(tx: Tx, run_id: str, old: str, new: str, comment: str) -> None:
    tx.record(
        "run.renamed",
        f"run:{run_id}",
        before={"run_name": old},
        after={"run_name": new},
        comment=comment,
    )


def _change_lifecycle(
    tx: Tx, op: DeleteRun | RestoreRun, new: str, *, force: bool = False
) -> Empty:
    row = find_run(tx, op.run_id, lock=True)
    if row[8] != new:
        forced = None
        if new == "deleted":
            forced = guards.RUN.check(tx, row[1], f"Run {row[1]}", force=force)
        tx.run(_set_lifecycle, run_pk=row[0], lifecycle=new)
        tx.record(
            "run.deleted" if new == "deleted" else "run.restored",
            f"run:{row[1]}",
            before={"lifecycle_stage": row[8]},
            after={"lifecycle_stage": new},
            comment=op.comment,
            details=forced,
        )
    return Empty()
