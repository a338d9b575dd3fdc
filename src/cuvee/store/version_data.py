"""Model versions with their tags and aliases, for one version or for a page of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

import msgspec
from sqlalchemy import literal, select, union_all

from cuvee.api.versions import ModelVersion, ModelVersionTag
from cuvee.store import schema
from cuvee.store.engine import arg, hot
from cuvee.store.tx import Tx

_t = schema.model_version_tags
_a = schema.aliases

_tags = hot(lambda db: select(db.gather(*_t.c)).where(db.among(_t.c.version_pk, "pks")))
_aliases = hot(lambda db: select(_a).where(db.among(_a.c.model_pk, "pks")).order_by(_a.c.alias))
# Of one version, both in one go: a list to look through costs more than what is found.
_of_one = hot(
    union_all(
        select(literal(0).label("kind"), _t.c.key, _t.c.value).where(
            _t.c.version_pk == arg("version_pk")
        ),
        select(literal(1), _a.c.alias, _a.c.alias).where(
            _a.c.model_pk == arg("model_pk"), _a.c.version == arg("version")
        ),
    ).order_by("kind", "key")
)

_texts = msgspec.json.Decoder(tuple[list[int], list[str], list[str]])

MAX_VERSIONS = 500
"""Versions whose tags are fetched at once, as one text that must fit into memory."""


def load_versions(
    tx: Tx, rows: list[tuple[str, tuple[Any, ...]]], *, aliases: bool = False
) -> list[ModelVersion]:
    """Return model versions.

    Args:
        tx: the transaction.
        rows: the model's name, and a row in the order of ``schema.model_versions``.
        aliases: whether the aliases that point at each are wanted (not in searches).
    """
    if aliases and len(rows) == 1:
        return [_load_one(tx, *rows[0])]
    tags = _tags_of(tx, [row[0] for _, row in rows])
    if not aliases:
        return [_version(name, row, tags.get(row[0]) or [], []) for name, row in rows]
    names: dict[tuple[int, int], list[str]] = defaultdict(list)
    models = sorted({row[1] for _, row in rows})
    for model_pk, alias, version in tx.all(_aliases, pks=tx.listed(models)):
        names[model_pk, version].append(alias)
    return [
        _version(name, row, tags.get(row[0], []), names.get((row[1], row[2]), []))
        for name, row in rows
    ]


def _tags_of(tx: Tx, pks: list[int]) -> dict[int, list[ModelVersionTag]]:
    """Return the tags of versions, sorted by their keys."""
    found: dict[int, list[ModelVersionTag]] = defaultdict(list)
    for start in range(0, len(pks), MAX_VERSIONS):
        gathered = tx.value(_tags, pks=tx.listed(pks[start : start + MAX_VERSIONS]))
        for pk, key, value in sorted(zip(*_texts.decode(gathered), strict=True)):
            found[pk].append(ModelVersionTag(key, value))
    return found


def _load_one(tx: Tx, name: str, row: tuple[Any, ...]) -> ModelVersion:
    found = tx.all(_of_one, version_pk=row[0], model_pk=row[1], version=row[2])
    tags = [ModelVersionTag(key, value) for kind, key, value in found if kind == 0]
    return _version(name, row, tags, [key for kind, key, _ in found if kind == 1])


def new_version(name: str, row: tuple[Any, ...], tags: Mapping[str, str]) -> ModelVersion:
    """Return a version that has just been made: nothing can point at it yet."""
    return _version(name, row, [ModelVersionTag(*tag) for tag in sorted(tags.items())], [])


def _version(
    name: str, row: tuple[Any, ...], tags: list[ModelVersionTag], aliases: list[str]
) -> ModelVersion:
    (
        _,
        _,
        version,
        stage,
        description,
        source,
        _,
        run_id,
        run_link,
        model_id,
        user_id,
        created,
        updated,
        digest,
    ) = row
    return ModelVersion(
        name=name,
        version=str(version),
        creation_timestamp=created,
        last_updated_timestamp=updated,
        user_id=user_id or None,
        current_stage=stage,
        description=description,
        source=source,
        run_id=run_id,
        tag_items=tags,
        run_link=run_link,
        aliases=aliases,
        model_id=model_id or None,
        digest=digest,
    )
