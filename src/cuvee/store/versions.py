"""Model versions in SQL."""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import and_, delete, select, update

from cuvee.api.base import Empty, Level
from cuvee.api.models import (
    DeleteRegisteredModelAlias,
    GetModelVersionByAlias,
    SetRegisteredModelAlias,
)
from cuvee.api.names import plain, shown, version_number
from cuvee.api.versions import (
    CreateModelVersion,
    DeleteModelVersionTag,
    DownloadUri,
    GetModelVersion,
    GetModelVersionDownloadUri,
    ModelVersion,
    ModelVersionResult,
    SetModelVersionTag,
    UpdateModelVersion,
)
from cuvee.api.wordings import version_missing
from cuvee.errors import InvalidParameter, NotFound
from cuvee.store import access, artifacts, logged_models, schema
from cuvee.store.engine import arg, hot, insert
from cuvee.store.holders import version_of_digest
from cuvee.store.models import find_model, found_model
from cuvee.store.sources import resolve_source
from cuvee.store.tx import Tx
from cuvee.store.version_data import load_versions, new_version

_m = schema.registered_models
_v = schema.model_versions
_t = schema.model_version_tags
_a = schema.aliases
_DIGEST = re.compile("[0-9a-fA-F]{12,64}")

_by_number = hot(select(_v).where(_v.c.model_pk == arg("model_pk"), _v.c.version == arg("version")))
_OF_MODEL = len(_m.c)
_both = hot(
    select(*_m.c, *_v.c)
    .select_from(_m.outerjoin(_v, and_(_v.c.model_pk == _m.c.pk, _v.c.version == arg("version"))))
    .where(_m.c.name == arg("name"))
)
_highest = hot(
    select(_v).where(_v.c.model_pk == arg("model_pk")).order_by(_v.c.version.desc()).limit(1)
)
_add = hot(
    insert(_v).values({c.name: arg(c.name) for c in _v.c if c.name != "pk"}).returning(_v.c.pk)
)
_count = hot(
    update(_m)
    .where(_m.c.pk == arg("model_pk"))
    .values(last_version=arg("version"), updated=arg("now"))
)
_set = hot(
    update(_v)
    .where(_v.c.pk == arg("version_pk"))
    .values(description=arg("description"), updated=arg("now"))
)
_alias = hot(
    select(_a.c.version).where(_a.c.model_pk == arg("model_pk"), _a.c.alias == arg("alias"))
)
_by_alias = hot(
    select(_v).where(
        _a.c.model_pk == arg("model_pk"),
        _a.c.alias == arg("alias"),
        _v.c.model_pk == _a.c.model_pk,
        _v.c.version == _a.c.version,
    )
)
_new_alias = insert(_a)
_put_alias = hot(
    _new_alias.on_conflict_do_update(
        index_elements=["model_pk", "alias"], set_={"version": _new_alias.excluded.version}
    )
)
_drop_alias = hot(delete(_a).where(_a.c.model_pk == arg("model_pk"), _a.c.alias == arg("alias")))
_new_tag = insert(_t)
_put_tag = hot(
    _new_tag.on_conflict_do_update(
        index_elements=["version_pk", "key"], set_={"value": _new_tag.excluded.value}
    )
)
_tag = hot(select(_t.c.value).where(_t.c.version_pk == arg("version_pk"), _t.c.key == arg("key")))
_drop_tag = hot(delete(_t).where(_t.c.version_pk == arg("version_pk"), _t.c.key == arg("key")))


def create_model_version(tx: Tx, op: CreateModelVersion) -> ModelVersionResult:
    """Register the next version; the lock on the model makes the numbers gap-free."""
    model = find_model(tx, op.name, lock=True)
    source = resolve_source(tx, op)
    number = model[6] + 1
    row: dict[str, Any] = {
        "model_pk": model[0],
        "version": number,
        "stage": "None",
        "description": op.description,
        "source": source.uri,
        "location": source.location,
        "run_id": source.run_id,
        "run_link": op.run_link,
        "model_id": source.model_id,
        "user_id": tx.actor.name,
        "created": tx.now,
        "updated": tx.now,
        "digest": "",
    }
    pk = tx.value(_add, **row)
    tx.run(_count, model_pk=model[0], version=number, now=tx.now)
    tags = {t.key: t.value for t in op.tags}
    tx.bulk(_put_tag, [(pk, key, value) for key, value in tags.items()])
    if source.files is not None:
        row["digest"] = artifacts.freeze(tx, pk, source.files)
    if source.model_id:
        logged = logged_models.find_logged_model(tx, source.model_id, deleted=True)
        if access.level_on_experiment(tx, logged[2]) >= Level.EDIT:
            logged_models.note_registration(tx, logged[0], op.name, number)
    tx.record(
        "version.created",
        _subject(op.name, number),
        after={
            "source": source.uri,
            "run_id": source.run_id,
            "description": op.description,
            "digest": row["digest"],
            "tags": tags,
            **{field: row[field] for field in ("location", "run_link", "model_id")},
        },
        comment=op.comment,
    )
    return ModelVersionResult(new_version(op.name, (pk, *row.values()), tags))


def get_model_version(tx: Tx, op: GetModelVersion) -> ModelVersionResult:
    return ModelVersionResult(_load(tx, op.name, find_version(tx, op.name, op.version)))


def update_model_version(tx: Tx, op: UpdateModelVersion) -> ModelVersionResult:
    row = find_version(tx, op.name, op.version, lock=True)
    if row[4] != op.description:
        tx.run(_set, version_pk=row[0], description=op.description, now=tx.now)
        tx.record(
            "version.description_set",
            _subject(op.name, row[2]),
            before={"description": row[4]},
            after={"description": op.description},
            comment=op.comment,
        )
    return get_model_version(tx, GetModelVersion(name=op.name, version=op.version))


def get_model_version_download_uri(tx: Tx, op: GetModelVersionDownloadUri) -> DownloadUri:
    return DownloadUri(find_version(tx, op.name, op.version)[6])


def set_model_version_tag(tx: Tx, op: SetModelVersionTag) -> Empty:
    row = find_version(tx, op.name, op.version, lock=True)
    old = tx.value(_tag, version_pk=row[0], key=op.key)
    tx.bulk(_put_tag, [(row[0], op.key, op.value)])
    if old != op.value:
        tx.record(
            "version.tag_set",
            _subject(op.name, row[2]),
            before={} if old is None else {op.key: old},
            after={op.key: op.value},
            comment=op.comment,
        )
    return Empty()


def delete_model_version_tag(tx: Tx, op: DeleteModelVersionTag) -> Empty:
    row = find_version(tx, op.name, op.version, lock=True)
    old = tx.value(_tag, version_pk=row[0], key=op.key)
    if old is not None:
        tx.run(_drop_tag, version_pk=row[0], key=op.key)
        tx.record(
            "version.tag_deleted",
            _subject(op.name, row[2]),
            before={op.key: old},
            comment=op.comment,
        )
    return Empty()


def set_registered_model_alias(tx: Tx, op: SetRegisteredModelAlias) -> Empty:
    row = find_version(tx, op.name, op.version, lock=True)
    old = tx.value(_alias, model_pk=row[1], alias=op.alias)
    tx.bulk(_put_alias, [(row[1], op.alias, row[2])])
    if old != row[2]:
        tx.record(
            "model.alias_set",
            f"model:{op.name}",
            before={} if old is None else {op.alias: str(old)},
            after={op.alias: str(row[2])},
            comment=op.comment,
        )
    return Empty()


def delete_registered_model_alias(tx: Tx, op: DeleteRegisteredModelAlias) -> Empty:
    pk = find_model(tx, op.name, lock=True)[0]
    old = tx.value(_alias, model_pk=pk, alias=op.alias)
    if old is not None:
        tx.run(_drop_alias, model_pk=pk, alias=op.alias)
        tx.record(
            "model.alias_deleted",
            f"model:{op.name}",
            before={op.alias: str(old)},
            comment=op.comment,
        )
    return Empty()


def get_model_version_by_alias(tx: Tx, op: GetModelVersionByAlias) -> ModelVersionResult:
    pk = find_model(tx, op.name)[0]
    if op.alias.lower() == "latest":
        row = tx.first(_highest, model_pk=pk)
    elif op.alias.startswith("sha256:"):  # as MLflow's clients read models:/<name>@sha256:<digest>
        row = _pinned(tx, pk, op.name, op.alias.removeprefix("sha256:"))
    else:
        row = tx.first(_by_alias, model_pk=pk, alias=op.alias)
    if row is None:
        digest = " A digest is written sha256:<digits>." if _DIGEST.fullmatch(op.alias) else ""
        # Clients of the protocol expect 400 here, not 404.
        raise InvalidParameter(
            f"Registered model alias {plain(op.alias)} not found. Set it with registered-models/"
            f"alias, or read the model {shown(op.name)} to see which it has.{digest}"
        )
    return ModelVersionResult(_load(tx, op.name, row))


def _pinned(tx: Tx, pk: int, name: str, digest: str) -> tuple[Any, ...] | None:
    """Return the model's own version with a digest; a copy elsewhere would be another name's."""
    if not _DIGEST.fullmatch(digest):
        return None
    found, number = version_of_digest(tx, name, digest)
    return tx.first(_by_number, model_pk=pk, version=int(number)) if found == name else None


def find_version(tx: Tx, name: str, version: str, *, lock: bool = False) -> tuple[Any, ...]:
    """Return a version's row, in the order of ``schema.model_versions``.

    Args:
        tx: the transaction.
        name: the model's name.
        version: the version's number, as a string.
        lock: whether the model is to be changed.

    Raises:
        NotFound: there is no such model or version.
    """
    return find_both(tx, name, version, lock=lock)[1]


def find_both(
    tx: Tx, name: str, version: str, *, lock: bool = False
) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    """Return the rows of a model and of a version of it; see ``find_version``."""
    model, row = look_up_version(tx, name, version, lock=lock)
    return model, found_version(model, row, version)


def look_up_version(
    tx: Tx, name: str, version: str, *, lock: bool = False
) -> tuple[tuple[Any, ...], tuple[Any, ...] | None]:
    """Return the rows of a model and of a version of it, which is None if there is none.

    Both in one go, unless the lock may be waited for: what is read beside it may be older.

    Raises:
        NotFound: there is no such model.
    """
    number = version_number(version)
    if lock and not tx.database.group_commit:
        model = find_model(tx, name, lock=True)
        return model, tx.first(_by_number, model_pk=model[0], version=number)
    both = tx.first(_both, name=name, version=number)
    model = found_model(tx, name, both[:_OF_MODEL] if both else None, lock=lock)
    row = both[_OF_MODEL:] if both else ()
    return model, row if row and row[0] is not None else None


def found_version(
    model: tuple[Any, ...], row: tuple[Any, ...] | None, version: str
) -> tuple[Any, ...]:
    """Return the row of a version that was looked for; it is None if there is none."""
    if row is None:
        raise NotFound(version_missing(model[1], version))
    return row


def version_of(tx: Tx, model: tuple[Any, ...], version: str) -> tuple[Any, ...]:
    """Return the row of a version of a model, in the orders of the tables.

    Raises:
        NotFound: there is no such version.
    """
    row = tx.first(_by_number, model_pk=model[0], version=version_number(version))
    return found_version(model, row, version)


def load_version(tx: Tx, model: tuple[Any, ...], version: str) -> ModelVersion:
    """Return a version of a model, given in the order of ``schema.registered_models``."""
    return _load(tx, model[1], version_of(tx, model, version))


def _load(tx: Tx, name: str, row: tuple[Any, ...]) -> ModelVersion:
    return load_versions(tx, [(name, row)], aliases=True)[0]


def _subject(name: str, version: int) -> str:
    return f"version:{name}/{version}"
