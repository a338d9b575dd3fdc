"""Compares users, groups, tokens, grants and policies with their events, each part in one step.

They depend on each other over the whole history, so that it is read from its beginning; what is
kept meanwhile grows with what there is now, not with the history.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from sqlalchemy import and_, or_, select

from cuvee.api.base import Level
from cuvee.api.log import Walked
from cuvee.api.permissions import EVERYONE, EVERYONE_NAME
from cuvee.api.policies import EVERYTHING
from cuvee.log.replay import Difference, differences
from cuvee.log.rights import LOGINS, Document, Policies, Rights, grant_field, trace
from cuvee.rules.documents import digest_of
from cuvee.store import schema
from cuvee.store.grants import given_name
from cuvee.store.replays import Outcome, events_where, only_in
from cuvee.store.tx import Tx

_e, _u, _g = schema.events, schema.users, schema.groups
_gm, _k, _r = schema.group_members, schema.tokens, schema.grants
_m, _p = schema.registered_models, schema.policies

_about_rights = or_(
    *(_e.c.action.like(f"{noun}.%") for noun in ("user", "group", "token", "permission")),
    _e.c.action.in_(["model.renamed", "model.deleted", "experiment.purged"]),
    and_(
        _e.c.action.in_(["model.created", "experiment.created"]),
        or_(_e.c.via.in_(LOGINS), _e.c.via.like("token:%")),
    ),
)
_about_policies = or_(
    _e.c.action.like("policy.%"), _e.c.action.in_(["model.renamed", "model.deleted"])
)
_members = select(_gm.c.group_pk, _gm.c.user_pk)
_tokens = (
    select(
        _k.c.token_id, _u.c.name, _k.c.name, _k.c.expires, _k.c.digest, _k.c.scopes, _k.c.revoked
    )
    .outerjoin(_u, _u.c.pk == _k.c.user_pk)
    .where(_k.c.kind == "token")
)

_levels = {int(level): given_name(level) for level in Level}

Fields = dict[str, dict[str, Any]]


def rights(tx: Tx, walked: Walked) -> Outcome:  # noqa: ARG001
    """Compare users, groups, tokens and grants."""
    replay = Rights()
    for event in events_where(tx, _about_rights):
        replay.apply(event)
    return _compared(replay.told(), _held_rights(tx)), None


def _held_rights(tx: Tx) -> Fields:
    held: Fields = defaultdict(dict)
    names: dict[tuple[str, int], str] = {("group", EVERYONE): EVERYONE_NAME}
    for pk, name, kind, password, admin, active, *_ in tx.all(select(_u)):
        names["user", pk] = name
        held[f"user:{name}"] = {
            "kind": kind,
            "admin": bool(admin),
            "active": active,
            "password_digest": trace(password),
        }
    for pk, name, description, _ in tx.all(select(_g)):
        names["group", pk] = name
        held[f"group:{name}"] = {"description": description}
    for group, user in tx.all(_members):
        subject = f"group:{names.get(('group', group), f'#{group}')}"
        held[subject][f"member {names.get(('user', user), f'#{user}')!r}"] = True
    for token_id, user, name, expires, digest, scopes, revoked in tx.all(_tokens):
        held[f"token:{token_id}"] = {
            "user": user,
            "name": name,
            "expires": expires,
            "digest": trace(digest),
            "scopes": scopes,
            "revoked": revoked is not None,
        }
    models = {f"#{pk}": name for pk, name in tx.all(select(_m.c.pk, _m.c.name))}
    for _, kind, target, stage, subject_kind, subject_pk, level, *_ in tx.all(select(_r)):
        name = names.get((subject_kind, subject_pk), f"#{subject_pk}")
        thing = _thing(kind, target, models)
        held[thing][grant_field((subject_kind, name), stage)] = _levels.get(level, level)
    return held


def _thing(kind: str, target: str, models: dict[str, str]) -> str:
    if not target.startswith("#"):
        return f"{kind}s:{target}"
    return f"{kind}:{models.get(target, target) if kind == 'model' else target[1:]}"


def policies(tx: Tx, walked: Walked) -> Outcome:  # noqa: ARG001
    """Compare the policies of all scopes, and their documents with their digests."""
    replay = Policies()
    for event in events_where(tx, _about_policies):
        replay.apply(event, EVERYTHING)
    held: Fields = defaultdict(dict)
    for _, scope, version, document, digest, user_id, created, gone in tx.all(select(_p)):
        row = Document(digest, user_id, created, gone)
        subject = f"policy:{scope or EVERYTHING}"
        fields = held[subject]
        fields |= {f"version {version} {f}": getattr(row, f) for f in Document._fields}
        if document and digest_of(document) != digest:
            fields[f"version {version} document"] = "not that of the digest"
        elif digest and not document:
            fields[f"version {version} document"] = "empty"
    return _compared(replay.told(EVERYTHING), held), None


def _compared(told: Fields, held: Fields) -> list[Difference]:
    found: list[Difference] = []
    for subject in sorted(told.keys() | held.keys()):
        own = subject.startswith(("user:", "group:", "token:"))
        if own and subject not in held:
            found += only_in("log", [subject])
        elif own and subject not in told:
            found += only_in("registry", [subject])
        else:
            found += differences(subject, told.get(subject, {}), held.get(subject, {}))
    return found


STEPS = {"rights": rights, "policies": policies}
