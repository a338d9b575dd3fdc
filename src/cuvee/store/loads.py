"""Who loads the versions of a model, in SQL."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_, select

from cuvee.api.base import Empty
from cuvee.api.loads import CountLoads, ListLoads, Loads, LoadsPage
from cuvee.api.names import version_number
from cuvee.api.times import DAY, moment_text
from cuvee.errors import InvalidParameter
from cuvee.store import schema
from cuvee.store.engine import arg, hot, insert
from cuvee.store.models import find_model
from cuvee.store.tx import Tx
from cuvee.store.versions import find_version

_l = schema.loads
_m = schema.registered_models
_v = schema.model_versions
_LAST_DAY = 2**40
_GROUPS: dict[str, dict[str, ColumnElement[Any]]] = {
    "user": {"user_id": _l.c.user_id},
    "day": {"day": _l.c.day},
    "version": {"version": _v.c.version},
    "user_day": {"day": _l.c.day, "user_id": _l.c.user_id},
}

_find = hot(
    select(_v.c.pk)
    .join(_m, _m.c.pk == _v.c.model_pk)
    .where(_m.c.name == arg("name"), _v.c.version == arg("version"))
)
_new = insert(_l).values({c.name: arg(c.name) for c in _l.c})
# Several servers write theirs one after the other, not always in the order of the loads.
_add = hot(
    _new.on_conflict_do_update(
        index_elements=["version_pk", "day", "user_id"],
        set_={
            "number": _l.c.number + _new.excluded.number,
            "first": case(
                (_new.excluded.first < _l.c.first, _new.excluded.first), else_=_l.c.first
            ),
            "last": case((_new.excluded.last > _l.c.last, _new.excluded.last), else_=_l.c.last),
        },
    )
)
_sums = (func.sum(_l.c.number), func.min(_l.c.first), func.max(_l.c.last))


def count_loads(tx: Tx, op: CountLoads) -> Empty:
    rows: dict[tuple[int, int, str], tuple[int, int, int]] = {}
    for one in op.loaded:
        pk = tx.value(_find, name=one.name, version=version_number(one.version))
        if pk is not None:
            key = (pk, one.last // DAY, one.user_id)
            number, first, last = rows.get(key, (0, one.first, one.last))
            rows[key] = (number + one.count, min(first, one.first), max(last, one.last))
    tx.bulk(_add, [(*key, *rows[key]) for key in sorted(rows)])  # in one order, or they would lock
    return Empty()


def list_loads(tx: Tx, op: ListLoads) -> LoadsPage:
    keys = tuple(_GROUPS[op.by].values())
    query = select(*keys, *_sums).join(_v, _v.c.pk == _l.c.version_pk).group_by(*keys)
    if op.version:
        query = query.where(_l.c.version_pk == find_version(tx, op.name, op.version)[0])
    else:
        query = query.where(_v.c.model_pk == find_model(tx, op.name)[0])
    if op.from_time is not None:
        query = query.where(_l.c.day >= min(op.from_time // DAY, _LAST_DAY))
    if op.to_time is not None:
        query = query.where(_l.c.day <= (op.to_time - 1) // DAY)
    if op.page_token:
        query = query.where(_after(keys, _behind(op)))
    query = query.order_by(*(key if key is _l.c.user_id else key.desc() for key in keys))
    rows = tx.all(query.limit(op.max_results + 1))
    page = rows[: op.max_results]
    token = ":".join((op.by, *map(str, page[-1][: len(keys)]))) if len(rows) > len(page) else None
    return LoadsPage([_loads(op.by, *row) for row in page], token)


def _after(keys: tuple[ColumnElement[Any], ...], behind: list[int | str]) -> ColumnElement[bool]:
    """Return what is true of the groups behind one: users by name, all else newest first."""
    first, *others = keys
    value = behind[0]
    later = first > value if first is _l.c.user_id else first < value
    if not others:
        return later
    return or_(later, and_(first == value, _after(tuple(others), behind[1:])))


def _loads(by: str, *row: Any) -> Loads:
    *keys, count, first, last = row
    named = dict(zip(_GROUPS[by], keys, strict=True))
    if "day" in named:
        named["day"] = moment_text(named["day"] * DAY)[:10]
    if "version" in named:
        named["version"] = str(named["version"])
    return Loads(count=int(count), first=first, last=last, **named)


def _behind(op: ListLoads) -> list[int | str]:
    """Return the last user, day or version of the page before; a user's name may have colons."""
    names = _GROUPS[op.by]
    by, *found = op.page_token.split(":", len(names))
    values: list[int | str] = []
    for key, name in zip(found, names, strict=False):
        if name == "user_id":
            values.append(key)
        elif key.isascii() and key.isdecimal() and len(key) <= 18:
            values.append(int(key))
    if by == op.by and len(values) == len(names):
        return values
    raise InvalidParameter(
        "Invalid page token: this call did not give it out. Leave page_token out to start anew."
    )
