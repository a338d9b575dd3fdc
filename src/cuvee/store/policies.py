"""Policies in SQL: which stages a model has, and what a move into each needs."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import msgspec
from msgspec import Struct
from sqlalchemy import func, select

from cuvee.api.names import plain
from cuvee.api.policies import EVERYTHING
from cuvee.api.stages import ARCHIVED, NONE, unknown_stage
from cuvee.errors import InvalidParameter
from cuvee.rules.policy import BUILT_IN, Policy, Stage
from cuvee.store import schema
from cuvee.store.engine import arg, hot, insert
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
_v = schema.model_versions
_held = hot(select(_v.c.stage).where(_v.c.model_pk == arg("model_pk")).distinct())
_add = hot(insert(_p).values({c.name: arg(c.name) for c in _p.c if c.name != "pk"}))


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
                id=policy_id(scope, version), policy=decode(document), scope=scope, digest=digest
            )
    return Applied()


def newest_policies(tx: Tx, scopes: list[str]) -> list[tuple[Any, ...]]:
    """Return the newest row of each scope that has one, in the order of ``scopes``."""
    rows = {row[1]: row for row in tx.all(_newest, scopes=tx.listed(scopes))}
    return [rows[scope] for scope in scopes if scope in rows]


def scopes_of(model_name: str) -> list[str]:
    """Return the scopes that a model lies in, nearest first: ``a/b``, ``a/`` and an empty text."""
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


def stage_named(applied: Applied, name: str) -> Stage:
    """Return the stage that a version is in, though the policy may have dropped it since."""
    try:
        return find_stage(applied, name)
    except InvalidParameter:
        return Stage(name=name)


def policy_id(scope: str, version: int) -> str:
    """Return the name of one version of a scope's policy."""
    return f"{scope or EVERYTHING}@{version}"


def store_policy(tx: Tx, scope: str, document: str, digest: str) -> int:
    """Append a policy to those of a scope and return its version; an empty document removes."""
    found = newest_policies(tx, [scope])
    version: int = found[0][2] + 1 if found else 1
    tx.run(
        _add,
        scope=scope,
        version=version,
        document=document,
        digest=digest,
        user_id=tx.actor.name,
        created=tx.now,
    )
    return version


def drop_policy(tx: Tx, model_name: str) -> tuple[str, str] | None:
    """Take a model's own policy from its name; return its document and digest, if it has one."""
    found = newest_policies(tx, [model_name])
    if not found or not found[0][3]:
        return None
    store_policy(tx, model_name, "", "")
    return found[0][3], found[0][4]


def carry_policy(tx: Tx, model_pk: int, old: str, new: str) -> None:
    """Let a model that is renamed take its own policy along.

    Raises:
        InvalidParameter: it has none, and lacks stages in its new folder that versions hold.
    """
    own = drop_policy(tx, old)
    if own is not None:
        store_policy(tx, new, *own)
        return
    after = policy_of(tx, new)
    held = {stage for (stage,) in tx.all(_held, model_pk=model_pk)} - set(after.names)
    if held:
        raise InvalidParameter(
            f"Under the name {plain(new)} the model has the stages {', '.join(after.names)}, and "
            f"versions of it hold {', '.join(sorted(held))}: move them first."
        )


@lru_cache(maxsize=1000)
def decode(document: str) -> Policy:
    """Return the policy that was stored."""
    return msgspec.json.decode(document, type=Policy)
