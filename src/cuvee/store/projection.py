"""Compares the registry's tables with what the events tell, in one snapshot."""

from __future__ import annotations

import msgspec
from sqlalchemy import select

from cuvee.api.log import CheckProjection, Projection
from cuvee.log.replay import ACTIONS, Registry
from cuvee.store import schema
from cuvee.store.tx import Tx

MOST = 500_000
"""Events of models and versions that are replayed; a longer history is not compared."""
TOLD = 100
"""Differences that are told."""

_e, _m, _v, _a = schema.events, schema.registered_models, schema.model_versions, schema.aliases
_after = select(_e.c.sequence, _e.c.action, _e.c.object, _e.c.before, _e.c.after).where(
    _e.c.action.in_(ACTIONS)
)


def check_projection(tx: Tx, op: CheckProjection) -> Projection:  # noqa: ARG001
    told = Registry()
    last = count = 0
    # The numbers of events of one object are in the order of its commits, whatever the others'.
    while rows := tx.all(_after.where(_e.c.sequence > last).order_by(_e.c.sequence).limit(5000)):
        for _, action, subject, before, after in rows:
            told.apply(action, subject, msgspec.json.decode(before), msgspec.json.decode(after))
        last, count = rows[-1][0], count + len(rows)
        if count > MOST:
            return Projection([])
    held = Registry()
    names: dict[int, str] = {}
    for pk, name, folder in tx.all(select(_m.c.pk, _m.c.name, _m.c.folder)):
        names[pk] = name
        held.stages[name], held.aliases[name], held.folders[name] = {}, {}, folder
    for pk, version, stage in tx.all(select(_v.c.model_pk, _v.c.version, _v.c.stage)):
        held.stages[names[pk]][version] = stage
    for pk, alias, version in tx.all(select(_a.c.model_pk, _a.c.alias, _a.c.version)):
        held.aliases[names[pk]][alias] = version
    return Projection(told.differences(held)[:TOLD])
