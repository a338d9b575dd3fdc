"""Tags of runs in SQL."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import delete

from cuvee.api.runs import RUN_NAME_TAG
from cuvee.store import schema
from cuvee.store.engine import arg, hot, insert
from cuvee.store.settling import parsed_number
from cuvee.store.tx import Tx

_t = schema.tags
_new = insert(_t)
_put = hot(
    _new.on_conflict_do_update(
        index_elements=["run_pk", "key_id"],
        set_={"value": _new.excluded.value, "number": _new.excluded.number},
    )
)
_drop = hot(
    lambda db: delete(_t).where(_t.c.run_pk == arg("run_pk"), db.among(_t.c.key_id, "key_ids"))
)


def put_tags(tx: Tx, pk: int, tags: dict[str, str]) -> None:
    """Set tags of a run; an empty name is passed over, for a run keeps the one that it has."""
    if tags.get(RUN_NAME_TAG) == "":
        tags = {key: value for key, value in tags.items() if key != RUN_NAME_TAG}
    ids = tx.key_ids(tags, create=True)
    rows = [(pk, ids[key], value, parsed_number(value)) for key, value in tags.items()]
    tx.bulk(_put, rows)


def drop_tags(tx: Tx, pk: int, keys: Iterable[str]) -> int:
    """Remove tags of a run and return how many there were."""
    ids = tx.key_ids(keys)
    return tx.run(_drop, run_pk=pk, key_ids=tx.listed(list(ids.values()))) if ids else 0
