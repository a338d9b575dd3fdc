"""Policies in SQL: which stages a model has, and what a move into each needs."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import msgspec
from msgspec import Struct
from sqlalchemy import ColumnElement, ScalarSelect, and_, func, or_, select

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

MAX_KNOWN = 10_000
"""Scopes whose policies are remembered."""


def newest_version(scope: ColumnElement[str]) -> ScalarSelect[int]:
    """Return the number of a scope's newest policy."""
    return select(func.max(_newer.c.version)).where(_newer.c.scope == scope).scalar_subquery()


@lru_cache
def _newest(count: int) -> hot:
    """Return the query for the newest policy of each of so many scopes, ``s0`` and on."""
    # Every move asks; a list as one value would take twice as long to look through.
    named = [arg(f"s{n}") for n in range(count)]
    return hot(select(_p).where(_p.c.scope.in_(named), _p.c.version == newest_version(_p.c.scope)))


_highest = hot(select(func.max(_p.c.pk)))
_newest_among = hot(
    lambda db: select(_p).where(
        db.among(_p.c.scope, "scopes"), _p.c.version == newest_version(_p.c.scope)
    )
)
_m = schema.registered_models
_v = schema.model_versions
_folder = hot(select(_m.c.folder).where(_m.c.name == arg("name")))
_held = hot(
    select(_v.c.stage, _v.c.version)
    .where(_v.c.model_pk == arg("model_pk"))
    .order_by(_v.c.stage, _v.c.version)
)
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


def policy_of(tx: Tx, model_name: str, folder: str | None = None) -> Applied:
    """Return the policy of the model, of its nearest folder, or of the registry.

    Args:
        tx: the transaction.
        model_name: the model.
        folder: the folder that it is in, if this transaction has read it already.
    """
    place = folder_of(tx, model_name) if folder is None else folder
    return nearest(newest_policies(tx, scopes_of(model_name, place)))


def policies_of(tx: Tx, models: Iterable[tuple[str, str]]) -> dict[str, Applied]:
    """Return the policies of many models, by name, from their names and folders."""
    scopes = {name: scopes_of(name, folder) for name, folder in models}
    asked = sorted({scope for some in scopes.values() for scope in some})
    rows = {row[1]: row for row in tx.all(_newest_among, scopes=tx.listed(asked))}
    return {
        name: nearest([rows[scope] for scope in some if scope in rows])
        for name, some in scopes.items()
    }


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
    known = _known(tx)
    if not all(scope in known for scope in scopes):
        named = {f"s{n}": scope for n, scope in enumerate(scopes)}
        rows = {row[1]: row for row in tx.all(_newest(len(scopes)), **named)}
        known.update((scope, rows.get(scope)) for scope in scopes)
    found = (known[scope] for scope in scopes)
    return [row for row in found if row is not None]


def _known(tx: Tx) -> dict[str, tuple[Any, ...] | None]:
    """Return what is remembered of scopes and their newest policies; what is put in stays there.

    Policies are only ever added, so their highest key says whether there are others by now. That
    is so where writers take turns: with PostgreSQL a lower key may be committed after it.
    """
    database = tx.database
    if not database.group_commit:
        return {}
    highest = tx.value(_highest) or 0
    until, known = database.policies
    if until != highest or len(known) > MAX_KNOWN:
        known = {}
        database.policies = (highest, known)
    return known


def folder_of(tx: Tx, model_name: str) -> str:
    """Return the folder that a registered model is in; empty if in none."""
    return tx.value(_folder, name=model_name) or ""


def scopes_of(model_name: str, folder: str) -> list[str]:
    """Return the scopes that a model lies in, nearest first: itself, then its folders."""
    return [model_name, *folders_around(folder)]


def folders_around(folder: str) -> list[str]:
    """Return a folder and those around it, nearest first: ``a/b/``, ``a/`` and an empty text."""
    parts = folder.split("/") if folder else []
    return [*("/".join(parts[:n]) + "/" for n in range(len(parts), 0, -1)), ""]


def lies_in_scope() -> ColumnElement[bool]:
    """Return "the registered model lies in the scope"; ``bounds`` has its values."""
    place = _m.c.folder + "/"
    return or_(_m.c.name == arg("model"), and_(place >= arg("low"), place < arg("high")))


def bounds(scope: str) -> dict[str, str]:
    """Return the values of ``lies_in_scope`` for a model, a folder, or an empty text for all."""
    if scope and not scope.endswith("/"):
        return {"model": scope, "low": "", "high": ""}
    end = scope[:-1] + "0" if scope else "\U0010ffff"  # 0 is the character after /
    return {"model": "", "low": scope, "high": end}


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


def store_policy(tx: Tx, scope: str, document: str, digest: str, *, gone: bool = False) -> int:
    """Append a policy to those of a scope and return its version.

    Args:
        tx: the transaction.
        scope: a model's name, a folder (``team/``), or empty for all models.
        document: the policy in its canonical form; an empty text takes the scope's away.
        digest: of the document.
        gone: whether the model has left its name; another of that name has no part in what was.
    """
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
        gone=int(gone),
    )
    return version


def own_policy(tx: Tx, model_name: str) -> Policy | None:
    """Return the policy that a model has of its own."""
    found = newest_policies(tx, [model_name])
    return decode(found[0][3]) if found and found[0][3] else None


def drop_policy(tx: Tx, model_name: str) -> tuple[str, str] | None:
    """Take a model's own policy from its name; return its document and digest, if it has one."""
    found = newest_policies(tx, [model_name])
    if not found or found[0][7]:
        return None
    store_policy(tx, model_name, "", "", gone=True)
    return (found[0][3], found[0][4]) if found[0][3] else None


def carry_policy(tx: Tx, old: str, new: str) -> None:
    """Let a model that is renamed take its own policy along."""
    own = drop_policy(tx, old)
    if own is not None:
        store_policy(tx, new, *own)


def require_stages(tx: Tx, model_pk: int, name: str, folder: str) -> None:
    """Refuse to put a model into a folder whose policy lacks a stage that a version holds.

    Raises:
        InvalidParameter: says which versions are where, and which stages there are.
    """
    after = nearest(newest_policies(tx, scopes_of(name, folder)))
    lost: dict[str, list[str]] = {}
    for stage, version in stages_held(tx, model_pk):
        if stage not in after.names:
            lost.setdefault(stage, []).append(f"{plain(name)} {version}")
    if lost:
        stage, held = next(iter(lost.items()))
        raise InvalidParameter(f"{no_stage(stage, held)}: move them first. {stages_are(after)}")


def stages_held(tx: Tx, model_pk: int) -> list[tuple[str, int]]:
    """Return the stage and number of each version of a model, in the order of the stages."""
    return [(stage, version) for stage, version in tx.all(_held, model_pk=model_pk)]


def no_stage(stage: str, held: list[str]) -> str:
    """Return the sentence about versions that a policy would leave without a stage."""
    more = f" and {len(held) - 3} more" if len(held) > 3 else ""
    return (
        f"The policy has no stage {stage}, which {', '.join(held[:3])}{more} (model and version) "
        "hold"
    )


def stages_are(applied: Applied) -> str:
    """Return the sentence that names the stages of a policy."""
    return f"Its stages: {', '.join(applied.names)}."


@lru_cache(maxsize=1000)
def decode(document: str) -> Policy:
    """Return the policy that was stored."""
    return msgspec.json.decode(document, type=Policy)
