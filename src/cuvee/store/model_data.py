"""Registered models with their tags, aliases and latest versions, for one or for a page of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
from sqlalchemy import func, select

from cuvee.api.models import RegisteredModel, RegisteredModelAlias, RegisteredModelTag
from cuvee.api.versions import ModelVersion
from cuvee.store import schema
from cuvee.store.engine import Database, hot
from cuvee.store.tx import Tx
from cuvee.store.version_data import load_versions

_t = schema.registered_model_tags
_a = schema.aliases
_v = schema.model_versions


def _latest_of(db: Database) -> Any:
    """Return the query for the highest version of each stage of some models."""
    highest = (
        select(_v.c.model_pk, func.max(_v.c.version).label("version"))
        .where(db.among(_v.c.model_pk, "pks"))
        .group_by(_v.c.model_pk, _v.c.stage)
        .subquery()
    )
    same = (highest.c.model_pk == _v.c.model_pk) & (highest.c.version == _v.c.version)
    return select(db.gather(*_v.c)).select_from(highest.join(_v, same))


_tags = hot(lambda db: select(db.gather(*_t.c)).where(db.among(_t.c.model_pk, "pks")))
_aliases = hot(lambda db: select(db.gather(*_a.c)).where(db.among(_a.c.model_pk, "pks")))
_latest = hot(_latest_of)

_texts = msgspec.json.Decoder(tuple[list[int], list[str], list[str]])
_numbers = msgspec.json.Decoder(tuple[list[int], list[str], list[int]])
_columns = msgspec.json.Decoder(list[list[Any]])

MAX_MODELS = 500
"""Models whose data are fetched at once, as a few texts that must fit into memory."""


def latest_rows(tx: Tx, pks: Sequence[int]) -> list[tuple[Any, ...]]:
    """Return the highest version of each stage of models, as rows of ``schema.model_versions``."""
    columns = _columns.decode(tx.value(_latest, pks=tx.listed(pks)))
    # By model and number, whatever order the database found them in.
    return sorted(zip(*columns, strict=True), key=lambda row: (row[1], row[2]))


def load_models(tx: Tx, rows: Sequence[tuple[Any, ...]]) -> list[RegisteredModel]:
    """Return registered models for rows in the order of ``schema.registered_models``."""
    return [
        model
        for start in range(0, len(rows), MAX_MODELS)
        for model in _load(tx, rows[start : start + MAX_MODELS])
    ]


def _load(tx: Tx, rows: Sequence[tuple[Any, ...]]) -> Iterator[RegisteredModel]:
    names = {row[0]: row[1] for row in rows}
    pks = tx.listed(list(names))
    tags, aliases = tags_of(tx, pks), aliases_of(tx, pks)
    latest: dict[str, list[ModelVersion]] = defaultdict(list)
    newest = latest_rows(tx, list(names))
    for found in load_versions(tx, [(names[row[1]], row) for row in newest]):
        latest[found.name].append(found)
    for pk, name, description, user, created, updated, _, folder in rows:
        yield RegisteredModel(
            name=name,
            creation_timestamp=created,
            last_updated_timestamp=updated,
            user_id=user or None,
            description=description or None,
            latest_versions=latest[name],
            tag_items=tags[pk],
            alias_items=aliases[pk],
            folder=folder,
        )


def tags_of(tx: Tx, pks: Any) -> dict[int, list[RegisteredModelTag]]:
    """Return the tags of registered models, by the models' keys, which are given as one list."""
    tags: dict[int, list[RegisteredModelTag]] = defaultdict(list)
    for pk, key, value in sorted(zip(*_texts.decode(tx.value(_tags, pks=pks)), strict=True)):
        tags[pk].append(RegisteredModelTag(key, value))
    return tags


def aliases_of(tx: Tx, pks: Any) -> dict[int, list[RegisteredModelAlias]]:
    """Return the aliases of registered models, likewise."""
    aliases: dict[int, list[RegisteredModelAlias]] = defaultdict(list)
    held = _numbers.decode(tx.value(_aliases, pks=pks))
    for pk, alias, version in sorted(zip(*held, strict=True)):
        aliases[pk].append(RegisteredModelAlias(alias, str(version)))
    return aliases
