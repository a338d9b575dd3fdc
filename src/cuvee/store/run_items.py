"""What runs have read and made, as cells of a table: datasets, versions and logged models."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, case, exists, func, select

from cuvee.api.searches import TableCell, TableColumn, TableItem
from cuvee.api.stages import ARCHIVED, NONE
from cuvee.store import schema
from cuvee.store.engine import Prepared, arg, hot
from cuvee.store.levels import EXPERIMENT, MODEL
from cuvee.store.tx import Tx
from cuvee.store.visible import MODEL_PATH, readable

Row = tuple[Any, ...]

MAX_ITEMS = 10
"""Things of a run that are named; of the others it is said how many there are."""

CHUNK = 2_000
"""Runs whose things are fetched at once."""

_rd = schema.run_datasets
_d = schema.datasets
_lm = schema.logged_models
_x = schema.experiments
_m = schema.registered_models
_v = schema.model_versions


def _first(
    query: Select[Any], owner: ColumnElement[Any], *order: ColumnElement[Any]
) -> Select[Any]:
    """Return a query for the first rows of each owner: also the owner, and how many it has."""
    total = func.count().over(partition_by=owner).label("total")
    place = func.row_number().over(partition_by=owner, order_by=order).label("place")
    found = query.add_columns(owner.label("owner"), total, place).subquery()
    return select(*found.c).where(found.c.place <= arg("most")).order_by(found.c.place)


_datasets = hot(
    lambda db: _first(
        select(_d.c.name, _d.c.digest)
        .join(_rd, _rd.c.dataset_pk == _d.c.pk)
        .where(db.among(_rd.c.run_pk, "owners")),
        _rd.c.run_pk,
        _d.c.name,
        _d.c.digest,
    )
)
_resting = case((_v.c.stage.in_((NONE, ARCHIVED)), 1), else_=0)


class Cells(NamedTuple):
    """The things that some runs have, by pk or id of the run.

    Args:
        items: the first things of each.
        totals: how many each has.
    """

    items: dict[Any, list[TableItem]]
    totals: dict[Any, int]

    def add(self, owner: Any, total: int, item: TableItem) -> None:
        """Add a thing of a run that has so many of its sort."""
        self.items.setdefault(owner, []).append(item)
        self.totals[owner] = total

    def column(self, name: str, owners: Sequence[Any]) -> TableColumn:
        """Return a column for runs."""
        rows = [row for row, owner in enumerate(owners) if owner in self.items]
        cells = []
        for row in rows:
            items = self.items[owners[row]][:MAX_ITEMS]
            cells.append(TableCell(items=items, more=self.totals[owners[row]] - len(items)))
        return TableColumn(name=name, rows=rows if len(rows) < len(owners) else [], cells=cells)


def dataset_column(tx: Tx, rows: Sequence[Row]) -> TableColumn:
    """Return the datasets that runs have read, which lie in the experiments of the runs."""
    pks = [row[0] for row in rows]
    found = Cells({}, {})
    for name, digest, pk, total, _ in _read(tx, tx.database.prepare(_datasets), pks, {}):
        found.add(pk, total, TableItem(kind="dataset", name=name, ref=digest))
    return found.column("datasets", pks)


def model_column(tx: Tx, rows: Sequence[Row]) -> TableColumn:
    """Return the versions that come from runs, and the models that they have logged.

    Both may be where the actor may not read; those are left out, and not counted.
    """
    ids = [row[1] for row in rows]
    found = Cells({}, {})
    for name, version, stage, run_id, total, _ in _versions(tx, ids):
        item = TableItem(kind="version", name=name, ref=str(version), stage=stage)
        found.add(run_id, total, item)
    versions = dict(found.totals)
    for name, model_id, run_id, total, _ in _logged_models(tx, ids):
        item = TableItem(kind="logged_model", name=name, ref=model_id)
        found.add(run_id, versions.get(run_id, 0) + total, item)
    return found.column("models", ids)


ITEMS: dict[str, Callable[[Tx, Sequence[Row]], TableColumn]] = {
    "datasets": dataset_column,
    "models": model_column,
}
"""Columns of things by their names, from rows of ``schema.runs``."""


def _versions(tx: Tx, ids: Sequence[str]) -> Iterator[Row]:
    """Yield versions by the runs that they come from, those in a stage first."""
    mine = readable(tx, MODEL, _m.c.pk, MODEL_PATH)
    # Joined, few models would look like a way to the versions, and so all of these be read.
    of_version = _m.c.pk == _v.c.model_pk
    name = select(_m.c.name).where(of_version, mine.condition()).scalar_subquery()
    query = select(name.label("name"), _v.c.version, _v.c.stage).where(
        tx.database.among(_v.c.run_id, "owners"), name.is_not(None)
    )
    order = (_resting, name, _v.c.version.desc())
    statement = tx.database.prepare(_first(query, _v.c.run_id, *order))
    return _read(tx, statement, ids, mine.values)


def _logged_models(tx: Tx, ids: Sequence[str]) -> Iterator[Row]:
    """Yield models by the runs that have logged them, the newest first."""
    mine = readable(tx, EXPERIMENT, _x.c.id, _x.c.name)
    # Not joined, as above.
    home = exists().where(_x.c.id == _lm.c.experiment_id, mine.condition())
    query = select(_lm.c.name, _lm.c.model_id).where(
        tx.database.among(_lm.c.source_run_id, "owners"), _lm.c.lifecycle == "active", home
    )
    statement = tx.database.prepare(_first(query, _lm.c.source_run_id, _lm.c.pk.desc()))
    return _read(tx, statement, ids, mine.values)


def _read(
    tx: Tx, statement: Prepared, owners: Sequence[Any], values: dict[str, Any]
) -> Iterator[Row]:
    for start in range(0, len(owners), CHUNK):
        some: Iterable[Any] = tx.listed(owners[start : start + CHUNK])
        yield from tx.all(statement, owners=some, most=MAX_ITEMS, **values)
