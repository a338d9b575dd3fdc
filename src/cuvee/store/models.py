"""Registered models in SQL."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, select, update

from cuvee.api.base import Empty
from cuvee.api.models import (
    FOLDER_TAG,
    CreateRegisteredModel,
    DeleteRegisteredModelTag,
    GetLatestVersions,
    GetRegisteredModel,
    MoveRegisteredModel,
    RegisteredModelResult,
    RenameRegisteredModel,
    SetRegisteredModelTag,
    UpdateRegisteredModel,
)
from cuvee.api.names import plain, shown
from cuvee.api.versions import VersionList
from cuvee.errors import AlreadyExists, NotFound
from cuvee.rules.webhooks import PROMPT_TAG
from cuvee.store import access, gates, schema
from cuvee.store.bindings import (
    keep_name,
    require_arrival,
    require_bound,
    require_name,
    require_place,
)
from cuvee.store.engine import arg, hot, insert
from cuvee.store.model_data import latest_rows, load_models
from cuvee.store.policies import (
    carry_policy,
    find_stage,
    folders_around,
    own_policy,
    policy_of,
    require_stages,
)
from cuvee.store.tx import Tx
from cuvee.store.version_data import load_versions

_m = schema.registered_models
_t = schema.registered_model_tags
_v = schema.model_versions

_by_name = hot(select(_m).where(_m.c.name == arg("name")))
_lock = hot(select(_m).where(_m.c.name == arg("name")).with_for_update())
_add = hot(
    insert(_m).values({c.name: arg(c.name) for c in _m.c if c.name != "pk"}).returning(_m.c.pk)
)
_set = hot(
    update(_m)
    .where(_m.c.pk == arg("model_pk"))
    .values(name=arg("name"), description=arg("description"), updated=arg("updated"))
)
_put = hot(
    update(_m)
    .where(_m.c.pk == arg("model_pk"))
    .values(folder=arg("folder"), updated=arg("updated"))
)
_touch = hot(update(_m).where(_m.c.pk == arg("model_pk")).values(updated=arg("updated")))
_touch_versions = hot(
    update(_v).where(_v.c.model_pk == arg("model_pk")).values(updated=arg("updated"))
)
_latest_in = hot(
    select(_v)
    .where(_v.c.model_pk == arg("model_pk"), _v.c.stage == arg("stage"))
    .order_by(_v.c.version.desc())
    .limit(1)
)
_new_tag = insert(_t)
_put_tag = hot(
    _new_tag.on_conflict_do_update(
        index_elements=["model_pk", "key"], set_={"value": _new_tag.excluded.value}
    )
)
_tag = hot(select(_t.c.value).where(_t.c.model_pk == arg("model_pk"), _t.c.key == arg("key")))
_drop_tag = hot(delete(_t).where(_t.c.model_pk == arg("model_pk"), _t.c.key == arg("key")))


def create_registered_model(tx: Tx, op: CreateRegisteredModel) -> RegisteredModelResult:
    if (taken := tx.first(_by_name, name=op.name)) is not None:
        asked = any(t.key == PROMPT_TAG and t.value == "true" for t in op.tags)
        raise AlreadyExists(_in_use(op.name, asked, _is_prompt(tx, taken)))
    require_name(tx, op.name, op.place)
    row: dict[str, Any] = {
        "name": op.name,
        "description": op.description,
        "user_id": tx.actor.name,
        "created": tx.now,
        "updated": tx.now,
        "last_version": 0,
        "folder": op.place,
    }
    pk = tx.value(_add, **row)
    access.grant_creator(tx, access.Thing("model", pk, op.name))
    tags = {t.key: t.value for t in op.tags if t.key != FOLDER_TAG}
    tx.bulk(_put_tag, [(pk, key, value) for key, value in tags.items()])
    tx.record(
        "model.created",
        f"model:{op.name}",
        after={"description": op.description, "tags": tags, **_folder(op.place)},
        comment=op.comment,
    )
    return RegisteredModelResult(load_models(tx, [(pk, *row.values())])[0])


def _is_prompt(tx: Tx, row: Sequence[Any]) -> bool:
    found = tx.first(_tag, model_pk=row[0], key=PROMPT_TAG)
    return found is not None and found[0] == "true"


def _in_use(name: str, asked: bool, prompt: bool) -> str:
    """Say that a name is in use; ``asked`` and ``prompt`` tell which of the two is a prompt."""
    kind, other = ("prompt", "registered model") if asked else ("registered model", "prompt")
    if asked is not prompt:
        return (
            f"Tried to create a {kind} with name {shown(name)}, but the name is already taken by a "
            f"{other}. Choose another name."
        )
    title = "Prompt" if prompt else "Registered Model"
    return (
        f"{title} (name={plain(name)}) already exists: register a version of it "
        "(model-versions/create), or choose another name."
    )


def get_registered_model(tx: Tx, op: GetRegisteredModel) -> RegisteredModelResult:
    return RegisteredModelResult(load_models(tx, [find_model(tx, op.name)])[0])


def rename_registered_model(tx: Tx, op: RenameRegisteredModel) -> RegisteredModelResult:
    tx.database.lock(tx.cursor, "policies", shared=True)
    row = find_model(tx, op.name, lock=True)
    if op.new_name != op.name:
        if tx.first(_by_name, name=op.new_name) is not None:
            raise AlreadyExists(
                f"Registered Model (name={plain(op.new_name)}) already exists: choose another name."
            )
        require_name(tx, op.new_name, row[7])
        keep_name(tx, row)
        carry_policy(tx, op.name, op.new_name)
        tx.record(
            "model.renamed",
            f"model:{op.new_name}",
            before={"name": op.name},
            after={"name": op.new_name},
            comment=op.comment,
        )
        gates.model_renamed(tx, row[0], op.new_name)
    tx.run(_set, model_pk=row[0], name=op.new_name, description=row[2], updated=tx.now)
    tx.run(_touch_versions, model_pk=row[0], updated=tx.now)
    return get_registered_model(tx, GetRegisteredModel(name=op.new_name))


def move_registered_model(tx: Tx, op: MoveRegisteredModel) -> RegisteredModelResult:
    # A folder's policy does not change between the look at its stages and the commit.
    tx.database.lock(tx.cursor, "policies", shared=True)
    row = find_model(tx, op.name, lock=True)
    if row[7] != op.place:
        require_place(tx, op.name, row[7], op.place)
        require_arrival(tx, row, op.place)
        own = own_policy(tx, op.name)
        if own is not None:
            require_bound(tx, folders_around(op.place), own, op.name)
        require_stages(tx, row[0], op.name, op.place)
        tx.run(_put, model_pk=row[0], folder=op.place, updated=tx.now)
        applied = policy_of(tx, op.name, op.place)
        gates.policy_changed(tx, op.name, applied, lambda *_: True)
        tx.record(
            "model.moved",
            f"model:{op.name}",
            before={"folder": row[7]},
            after={"folder": op.place},
            comment=op.comment,
        )
    return get_registered_model(tx, GetRegisteredModel(name=op.name))


def _folder(place: str) -> dict[str, str]:
    return {"folder": place} if place else {}


def update_registered_model(tx: Tx, op: UpdateRegisteredModel) -> RegisteredModelResult:
    row = find_model(tx, op.name, lock=True)
    if (row[2] or "") != (op.description or ""):  # else its last change is another's
        tx.run(_set, model_pk=row[0], name=op.name, description=op.description, updated=tx.now)
        tx.record(
            "model.description_set",
            f"model:{op.name}",
            before={"description": row[2]},
            after={"description": op.description},
            comment=op.comment,
        )
    return get_registered_model(tx, GetRegisteredModel(name=op.name))


def get_latest_versions(tx: Tx, op: GetLatestVersions) -> VersionList:
    row = find_model(tx, op.name)
    if op.stages:
        applied = policy_of(tx, op.name, row[7])
        wanted = {find_stage(applied, stage).name for stage in op.stages}
        found = (tx.first(_latest_in, model_pk=row[0], stage=stage) for stage in wanted)
        rows = sorted((one for one in found if one), key=lambda one: int(one[2]))
    else:
        rows = latest_rows(tx, [row[0]])
    return VersionList(load_versions(tx, [(op.name, r) for r in rows], aliases=True))


def set_registered_model_tag(tx: Tx, op: SetRegisteredModelTag) -> Empty:
    row = find_model(tx, op.name, lock=True)
    old = tx.value(_tag, model_pk=row[0], key=op.key)
    tx.bulk(_put_tag, [(row[0], op.key, op.value)])
    if old != op.value:
        tx.record(
            "model.tag_set",
            f"model:{op.name}",
            before={} if old is None else {op.key: old},
            after={op.key: op.value},
            comment=op.comment,
        )
    return Empty()


def delete_registered_model_tag(tx: Tx, op: DeleteRegisteredModelTag) -> Empty:
    row = find_model(tx, op.name, lock=True)
    old = tx.value(_tag, model_pk=row[0], key=op.key)
    if old is not None:
        tx.run(_drop_tag, model_pk=row[0], key=op.key)
        tx.record("model.tag_deleted", f"model:{op.name}", before={op.key: old}, comment=op.comment)
    return Empty()


def find_model(tx: Tx, name: str, *, lock: bool = False) -> tuple[Any, ...]:
    """Return a registered model's row, in the order of ``schema.registered_models``.

    Raises:
        NotFound: there is none with this name.
    """
    return found_model(tx, name, tx.first(_lock if lock else _by_name, name=name), lock=lock)


def found_model(
    tx: Tx, name: str, row: tuple[Any, ...] | None, *, lock: bool = False
) -> tuple[Any, ...]:
    """Return a row that was looked for as ``find_model`` does; it is None if there is none."""
    if row is None:
        raise NotFound(
            f"Registered Model with name={plain(name)} not found: registered-models/search lists "
            "those that there are."
        )
    if lock:
        # Whoever had the lock before came earlier, even when this transaction was the first to
        # start, or its clock runs late.
        tx.now = max(tx.now, row[5])
    return row


def touch_model(tx: Tx, pk: int) -> None:
    """Note that a model has changed now."""
    tx.run(_touch, model_pk=pk, updated=tx.now)
