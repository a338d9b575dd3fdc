"""Which run a run is nested in, by its tag: any text will do, but no run is nested in itself."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select

from cuvee.api.runs import PARENT_TAG
from cuvee.errors import InvalidParameter
from cuvee.store import schema
from cuvee.store.engine import arg, hot
from cuvee.store.tx import Tx

MAX_DEPTH = 1000
"""How far up a run is looked for among its own ancestors."""

_r = schema.runs
_t = schema.tags
_parent = hot(
    select(_t.c.value)
    .join(_r, _r.c.pk == _t.c.run_pk)
    .where(_r.c.run_id == arg("run_id"), _t.c.key_id == arg("key_id"))
)


def check_parent(tx: Tx, run_id: str, tags: Mapping[str, str]) -> None:
    """Refuse tags that would make a run its own ancestor; a parent need not exist.

    Raises:
        InvalidParameter: they do.
    """
    parent = tags.get(PARENT_TAG)
    if not parent:
        return
    line = ancestors(tx, parent)
    if run_id in (parent, *line):
        raise InvalidParameter(
            f"A run cannot be its own ancestor: {run_id} would be nested in itself. Set "
            f"{PARENT_TAG} to a run that is not nested in it, or delete the tag."
        )


def ancestors(tx: Tx, run_id: str) -> list[str]:
    """Return the ids that a run is nested in, the nearest first, as far as the runs exist."""
    found: dict[str, None] = {}
    key_id = tx.key_ids([PARENT_TAG]).get(PARENT_TAG)
    here = run_id
    while key_id is not None and len(found) < MAX_DEPTH:
        parent = tx.value(_parent, run_id=here, key_id=key_id)
        if not parent or parent in found or parent == run_id:
            break
        found[parent] = None
        here = parent
    return list(found)
