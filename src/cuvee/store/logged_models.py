"""Logged models in SQL."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import Any

import msgspec
from sqlalchemy import delete, select, update

from cuvee.api.base import Empty
from cuvee.api.ids import new_id
from cuvee.api.logged_models import (
    LOGGED_MODEL_STATUSES,
    CreateLoggedModel,
    DeleteLoggedModel,
    DeleteLoggedModelTag,
    FinalizeLoggedModel,
    GetLoggedModel,
    LoggedModel,
    LoggedModelData,
    LoggedModelEcho,
    LoggedModelInfo,
    LoggedModelParameter,
    LoggedModelResult,
    LoggedModelTag,
    LogLoggedModelParams,
    SetLoggedModelTags,
)
from cuvee.api.metrics import Metric
from cuvee.api.names import shown
from cuvee.api.wordings import logged_model_missing
from cuvee.errors import AlreadyExists, InvalidParameter, NotFound
from cuvee.store import guards, schema
from cuvee.store.engine import arg, hot, insert
from cuvee.store.experiments import require_active_experiment
from cuvee.store.series import from_bits
from cuvee.store.tx import Tx

_m = schema.logged_models
_p = schema.logged_model_params
_t = schema.logged_model_tags
_x = schema.logged_model_metrics

STATUS_NUMBERS = {name: number for number, name in LOGGED_MODEL_STATUSES.items()}
VERSIONS_TAG = "mlflow.modelVersions"

_by_id = hot(select(_m).where(_m.c.model_id == arg("model_id")))
_add = hot(
    insert(_m).values({c.name: arg(c.name) for c in _m.c if c.name != "pk"}).returning(_m.c.pk)
)
_set_status = hot(
    update(_m).where(_m.c.pk == arg("model_pk")).values(status=arg("status"), updated=arg("now"))
)
_set_deleted = hot(
    update(_m).where(_m.c.pk == arg("model_pk")).values(lifecycle="deleted", updated=arg("now"))
)
_add_param = hot(insert(_p).on_conflict_do_nothing())
_params = hot(lambda db: select(_p).where(db.among(_p.c.model_pk, "pks")))
_tags = hot(lambda db: select(_t).where(db.among(_t.c.model_pk, "pks")))
_metrics = hot(lambda db: select(_x).where(db.among(_x.c.model_pk, "pks")))
_new_tag = insert(_t)
_put_tag = hot(
    _new_tag.on_conflict_do_update(
        index_elements=["model_pk", "key"], set_={"value": _new_tag.excluded.value}
    )
)
_tag = hot(select(_t.c.value).where(_t.c.model_pk == arg("model_pk"), _t.c.key == arg("key")))
_drop_tag = hot(delete(_t).where(_t.c.model_pk == arg("model_pk"), _t.c.key == arg("key")))


def create_logged_model(tx: Tx, op: CreateLoggedModel) -> LoggedModelResult:
    experiment = require_active_experiment(tx, op.experiment_id)
    model_id = op.model_id or f"m-{new_id()}"
    name = op.name or f"model-{model_id[2:10]}"
    made = tx.first(_by_id, model_id=model_id) if op.model_id else None
    if made is not None:
        same = (experiment[0], name, op.model_type, op.source_run_id)
        if made[2:6] != same:
            raise AlreadyExists(
                f"The id {model_id} belongs to another logged model, so nothing was created: make "
                "a new id, 'm-' and 32 random hexadecimal digits."
            )
        return LoggedModelResult(load_logged_models(tx, [made])[0])
    row: dict[str, Any] = {
        "model_id": model_id,
        "experiment_id": experiment[0],
        "name": name,
        "model_type": op.model_type,
        "source_run_id": op.source_run_id,
        "artifact_uri": f"{experiment[2]}/models/{model_id}/artifacts",
        "status": STATUS_NUMBERS["LOGGED_MODEL_PENDING"],
        "lifecycle": "active",
        "created": tx.now,
        "updated": tx.now,
    }
    pk = tx.value(_add, **row)
    tx.bulk(_add_param, [(pk, p.key, p.value) for p in op.params])
    put_tags(tx, pk, {t.key: t.value for t in op.tags})
    return LoggedModelResult(load_logged_models(tx, [(pk, *row.values())])[0])


def get_logged_model(tx: Tx, op: GetLoggedModel) -> LoggedModelResult:
    row = find_logged_model(tx, op.model_id, deleted=op.allow_deleted)
    return LoggedModelResult(load_logged_models(tx, [row])[0])


def finalize_logged_model(tx: Tx, op: FinalizeLoggedModel) -> LoggedModelResult:
    row = find_logged_model(tx, op.model_id)
    tx.run(_set_status, model_pk=row[0], status=STATUS_NUMBERS[op.status], now=tx.now)
    return get_logged_model(tx, GetLoggedModel(model_id=op.model_id))


def delete_logged_model(tx: Tx, op: DeleteLoggedModel) -> Empty:
    row = find_logged_model(tx, op.model_id, deleted=True)
    if row[8] == "active":
        what = f"Logged model {op.model_id}"
        forced = guards.LOGGED_MODEL.check(tx, op.model_id, what, force=op.force)
        tx.run(_set_deleted, model_pk=row[0], now=tx.now)
        tx.record(
            "logged_model.deleted",
            f"logged_model:{op.model_id}",
            before={"lifecycle_stage": "active"},
            after={"lifecycle_stage": "deleted"},
            comment=op.comment,
            details=forced,
        )
    return Empty()


def log_logged_model_params(tx: Tx, op: LogLoggedModelParams) -> Empty:
    pk = find_logged_model(tx, op.model_id)[0]
    held = {key: value for _, key, value in tx.all(_params, pks=tx.listed([pk]))}
    for param in op.params:
        if held.get(param.key, param.value) != param.value:
            raise InvalidParameter(
                f"The logged model has a param {shown(param.key)} already; params never change."
            )
    tx.bulk(_add_param, [(pk, p.key, p.value) for p in op.params])
    return Empty()


def set_logged_model_tags(tx: Tx, op: SetLoggedModelTags) -> LoggedModelEcho:
    row = find_logged_model(tx, op.model_id)
    put_tags(tx, row[0], {t.key: t.value for t in op.tags})
    return LoggedModelEcho(load_logged_models(tx, [row])[0])


def delete_logged_model_tag(tx: Tx, op: DeleteLoggedModelTag) -> Empty:
    row = find_logged_model(tx, op.model_id)
    if not tx.run(_drop_tag, model_pk=row[0], key=op.tag_key):
        raise NotFound(
            f"No tag with key {shown(op.tag_key)} found for model with ID {shown(op.model_id)}: "
            "GET logged-models/<id> shows which it has."
        )
    return Empty()


def find_logged_model(tx: Tx, model_id: str, *, deleted: bool = False) -> tuple[Any, ...]:
    """Return a logged model's row, in the order of ``schema.logged_models``.

    Args:
        tx: the transaction.
        model_id: its id.
        deleted: whether one that is deleted will do.

    Raises:
        NotFound: there is none with this id.
    """
    row = tx.first(_by_id, model_id=model_id)
    if row is None or (row[8] != "active" and not deleted):
        raise NotFound(logged_model_missing(model_id))
    return row


def put_tags(tx: Tx, pk: int, tags: dict[str, str]) -> None:
    """Set tags of a logged model."""
    tx.bulk(_put_tag, [(pk, key, value) for key, value in tags.items()])


def note_registration(tx: Tx, pk: int, name: str, version: int) -> None:
    """Note a registered version in the tag that MLflow's clients read."""
    held = tx.value(_tag, model_pk=pk, key=VERSIONS_TAG)
    try:
        versions = msgspec.json.decode(held or "[]", type=list[Any])
    except msgspec.MsgspecError:
        versions = []  # a client wrote something else there; the registry itself knows better
    versions.append({"name": name, "version": version})
    # As MLflow's server writes it, so that what compares the text finds it the same.
    put_tags(tx, pk, {VERSIONS_TAG: json.dumps(versions)})


def load_logged_models(tx: Tx, rows: list[tuple[Any, ...]]) -> list[LoggedModel]:
    """Return logged models with their data for rows in the order of ``schema.logged_models``."""
    pks = tx.listed([row[0] for row in rows])
    tags: dict[int, list[LoggedModelTag]] = defaultdict(list)
    data: dict[int, LoggedModelData] = defaultdict(LoggedModelData)
    for pk, key, value in tx.all(_tags, pks=pks):
        tags[pk].append(LoggedModelTag(key, value))
    for pk, key, value in tx.all(_params, pks=pks):
        data[pk].param_items.append(LoggedModelParameter(key, value))
    for pk, key, timestamp, step, bits, _, run_id, name, digest in tx.all(_metrics, pks=pks):
        data[pk].metrics.append(
            Metric(
                key,
                from_bits([bits])[0],
                timestamp,
                step,
                model_id="",
                dataset_name=name or None,
                dataset_digest=digest or None,
                run_id=run_id,
            )
        )
    return [_logged_model(row, tags[row[0]], data[row[0]]) for row in rows]


def _logged_model(
    row: tuple[Any, ...], tags: list[LoggedModelTag], data: LoggedModelData
) -> LoggedModel:
    _, model_id, experiment_id, name, model_type, run_id, uri, status, _, created, updated = row
    metrics = [msgspec.structs.replace(m, model_id=model_id) for m in data.metrics]
    return LoggedModel(
        info=LoggedModelInfo(
            model_id=model_id,
            experiment_id=str(experiment_id),
            name=name,
            creation_timestamp_ms=created,
            last_updated_timestamp_ms=updated,
            artifact_uri=uri,
            status=LOGGED_MODEL_STATUSES[status],  # type: ignore[arg-type]  # one of the names
            model_type=model_type,
            source_run_id=run_id,
            tag_items=tags,
        ),
        data=LoggedModelData(param_items=data.param_items, metrics=metrics),
    )
