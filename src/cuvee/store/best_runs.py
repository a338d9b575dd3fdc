"""The best of a metric in each of some experiments, in SQL."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import and_, literal_column, select

from cuvee.api.experiment_overviews import BestRun
from cuvee.rules.goals import GOAL_TAG, is_minimized
from cuvee.store import schema
from cuvee.store.engine import arg, hot
from cuvee.store.series import from_bits
from cuvee.store.tx import Tx

_x = schema.experiments
_r = schema.runs
_l = schema.latest
_et = schema.experiment_tags

_told = hot(
    lambda db: select(_et.c.experiment_id, _et.c.value).where(
        _et.c.key == arg("key"), db.among(_et.c.experiment_id, "ids")
    )
)


def _best(*, less: bool) -> hot:
    bits = _l.c.min_bits if less else _l.c.max_bits
    # Each experiment by itself: else the metric is looked up in all experiments that there are.
    best = (
        select(_l.c.run_pk)
        .select_from(_r.join(_l, and_(_l.c.run_pk == _r.c.pk, _l.c.key_id == arg("key_id"))))
        .where(_r.c.experiment_id == _x.c.id, _r.c.lifecycle == _x.c.lifecycle, bits.is_not(None))
        .order_by(bits if less else bits.desc(), _r.c.start_time, _r.c.pk)
        .limit(literal_column("1"))
        .correlate(_x)
        .scalar_subquery()
    )
    return hot(lambda db: select(best).where(db.among(_x.c.id, "ids")))


def _values(*, less: bool) -> hot:
    bits = _l.c.min_bits if less else _l.c.max_bits
    return hot(
        lambda db: (
            select(_r.c.experiment_id, bits, _r.c.run_id, _r.c.name)
            .join(_l, _l.c.run_pk == _r.c.pk)
            .where(db.among(_r.c.pk, "pks"), _l.c.key_id == arg("key_id"))
        )
    )


_queries = {less: (_best(less=less), _values(less=less)) for less in (True, False)}


def best_runs(tx: Tx, ids: list[int], key: str) -> dict[int, BestRun]:
    """Return the best run by a metric of each experiment that has one.

    Two statements for those in which less is better and two for the others; each looks up the
    metric of every run of the experiments.
    """
    key_id = tx.key_ids([key]).get(key)
    if key_id is None:
        return {}
    told = {
        number: value == "minimize"
        for number, value in tx.all(_told, key=GOAL_TAG + key, ids=tx.listed(ids))
        if value in ("minimize", "maximize")
    }
    usual = is_minimized(key)
    return dict(_found(tx, ids, key, key_id, told, usual))


def _found(
    tx: Tx, ids: list[int], key: str, key_id: int, told: dict[int, bool], usual: bool
) -> Iterator[tuple[int, BestRun]]:
    for less, (best, values) in _queries.items():
        some = [number for number in ids if told.get(number, usual) == less]
        if not some:
            continue
        rows = tx.all(best, ids=tx.listed(some), key_id=key_id)
        pks = tx.listed([pk for (pk,) in rows if pk is not None])
        for number, bits, run_id, name in tx.all(values, pks=pks, key_id=key_id):
            value = float(from_bits([bits])[0])
            yield (
                number,
                BestRun(key=key, value=value, less=less, run_id=run_id, run_name=name),
            )
