"""Views of pages that stand in addresses by their ids, in SQL."""

from __future__ import annotations

import hashlib

from sqlalchemy import delete, func, select, update

from cuvee.api.kept_views import MOST_VIEWS, GetView, KeepView, KeptView
from cuvee.api.times import DAY
from cuvee.errors import NotFound
from cuvee.store import schema
from cuvee.store.engine import arg, hot, insert
from cuvee.store.tx import Tx

NOBODY = 0
"""Whose views are where nobody logs in: all who use such a server are one person."""
DIGITS = 32

_v = schema.kept_views
_mine = _v.c.user_pk == arg("who")
_one = _v.c.view_id == arg("view_id")
_find = hot(select(_v.c.query, _v.c.used).where(_one))
_count = hot(select(func.count()).select_from(_v).where(_mine))
_eldest = select(_v.c.view_id).where(_mine).order_by(_v.c.used, _v.c.view_id).limit(1)
_drop_eldest = hot(delete(_v).where(_v.c.view_id == _eldest.scalar_subquery()))
_add = hot(insert(_v).values({c.name: arg(c.name) for c in _v.c}).on_conflict_do_nothing())
_use = hot(update(_v).where(_one).values(used=arg("now")))


def keep_view(tx: Tx, op: KeepView) -> KeptView:
    """Keep a view, or note that it is still used.

    One of another person stays theirs: an id cannot be taken from them. When it was used is known
    to the day, so that opening an address hardly ever writes.
    """
    view_id = hashlib.sha256(op.query.encode()).hexdigest()[:DIGITS]
    kept = tx.first(_find, view_id=view_id)
    if kept is None:
        who = NOBODY if tx.actor.user is None else tx.actor.user
        if tx.value(_count, who=who) >= MOST_VIEWS:
            tx.run(_drop_eldest, who=who)
        tx.run(_add, view_id=view_id, user_pk=who, query=op.query, used=tx.now)
    elif kept[1] < tx.now - DAY:
        tx.run(_use, view_id=view_id, now=tx.now)
    return KeptView(view_id, op.query)


def get_view(tx: Tx, op: GetView) -> KeptView:
    kept = tx.first(_find, view_id=op.view_id)
    if kept is None:
        raise NotFound(
            f"This server keeps no view {op.view_id}: it was kept by another server, or nobody "
            "has opened it for long. Ask whoever gave you the address to open the page and copy "
            "its address again."
        )
    return KeptView(op.view_id, kept[0])
