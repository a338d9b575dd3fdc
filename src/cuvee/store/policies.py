"""Policies in SQL: which stages a model has, and what a move into each needs."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import msgspec
from msgspec import Struct
from sqlalchemy import func, select

from cuvee.api.stages import ARCHIVED, NONE, unknown_stage
from cuvee.rules.policy import BUILT_IN, Policy, Stage
from cuvee.store import schema
from cuvee.store.engine import hot
from cuvee.store.tx import Tx

_p = schema.policies

_newer = _p.alias()
_newest = hot(
    lambda db: select(_p).where(
        db.among(_p.c.scope, "scopes"),
        _p.c.version
        == select(func.max(_newer.c.version)).where(_newer.c.scope == _p.c.scope).scalar_subquery(),
    )
)


class Applied(Struct, frozen=True, kw_only=True):
    """The policy that applies to a model.

    Args:
        id: ``<scope>@<version>``; empty for the built-in stages.
        policy: its stages, without ``None`` and ``Archived``.
        scope: where it comes from: a model, a folder (``team/``), or empty for all models.
        digest: sha256 over its canonical form; empty for the built-in stages.
    """

    id: str = ""
    policy: Policy = BUILT_IN
    scope: str = ""
    digest: str = ""

    @property
    def names(self) -> list[str]:
        """The names of all stages, in their order, with ``None`` and ``Archived``."""
        return [NONE, *(stage.name for stage in self.policy.stages), ARCHIVED]


def policy_of(tx: Tx, model_name: str) -> Applied:
    """Return the policy of the model, of its nearest folder, or of the registry."""
    return nearest(newest_policies(tx, scopes_of(model_name)))


def nearest(rows: list[tuple[Any, ...]]) -> Applied:
    """Return the first policy of ``rows`` that is not empty, or the built-in one."""
    for _, scope, version, document, digest, *_ in rows:
        if document:
            return Applied(
                id=f"{scope}@{version}", policy=_decode(document), scope=scope, digest=digest
            )
    return Applied()


def newest_policies(tx: Tx, scopes: list[str]) -> list[tuple[Any, ...]]:
    """Return the newest row of each scope that has one, in the order of ``scopes``."""
    rows = {row[1]: row for row in tx.all(_newest, scopes=tx.listed(scopes))}
    return [rows[scope] for scope in scopes if scope in rows]


def scopes_of(model_name: str) -> list[str]:
    """Return the scopes that a model lies in, nearest first, as in ``a/b``, ``a/``, ````."""
    parts = model_name.split("/")[:-1]
    return [model_name, *("/".join(parts[:n]) + "/" for n in range(len(parts), 0, -1)), ""]


def find_stage(applied: Applied, text: str) -> Stage:
    """Return the stage that a text names, whatever its case.

    Raises:
        InvalidParameter: the model has no such stage; says which it has.
    """
    wanted = text.lower()
    for name in (NONE, ARCHIVED):
        if name.lower() == wanted:
            return Stage(name=name)
    for stage in applied.policy.stages:
        if stage.name.lower() == wanted:
            return stage
    raise unknown_stage(text, applied.names)


@lru_cache(maxsize=1000)
def _decode(document: str) -> Policy:
    return msgspec.json.decode(document, type=Policy)
