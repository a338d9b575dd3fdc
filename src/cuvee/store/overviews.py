"""Registered models at a glance in SQL: a few statements for a window, however many models."""

from __future__ import annotations

from collections import defaultdict
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import Text, and_, cast, func, literal, select

from cuvee.api.overviews import (
    KeyMetric,
    ModelOverview,
    ModelOverviewPage,
    SearchModelOverviews,
    StageOverview,
)
from cuvee.api.stages import ARCHIVED, NONE
from cuvee.rules.expressions import metrics_of, parse_check
from cuvee.rules.policy import Policy
from cuvee.store import schema
from cuvee.store.engine import arg, hot
from cuvee.store.levels import EXPERIMENT, MODEL
from cuvee.store.model_data import aliases_of, tags_of
from cuvee.store.paging import count_found, find_page
from cuvee.store.policies import Applied, policies_of
from cuvee.store.run_overviews import SYSTEM
from cuvee.store.search_models import MODEL_IS_NO_PROMPT, readable_models
from cuvee.store.series import from_bits
from cuvee.store.tx import Tx
from cuvee.store.visible import MODEL_PATH, readable

Row = tuple[Any, ...]

PRODUCTION = "Production"
MOST_OWNERS = 100
_m = schema.registered_models
_v = schema.model_versions
_h = schema.holdings
_q = schema.requests
_e = schema.events
_r = schema.runs
_x = schema.experiments
_l = schema.latest
_k = schema.keys


@hot
def _held(db: Any) -> Any:
    top = (
        select(
            _v.c.model_pk,
            _v.c.stage,
            func.max(_v.c.version).label("version"),
            func.count().label("count"),
        )
        .where(db.among(_v.c.model_pk, "pks"))
        .group_by(_v.c.model_pk, _v.c.stage)
        .subquery()
    )
    return (
        select(*top.c, _h.c.since, _v.c.run_id)
        .join(_v, and_(_v.c.model_pk == top.c.model_pk, _v.c.version == top.c.version))
        .outerjoin(
            _h,
            and_(
                _h.c.model_pk == top.c.model_pk,
                _h.c.version == top.c.version,
                _h.c.until.is_(None),
            ),
        )
    )


_waiting = hot(
    lambda db: (
        select(_v.c.model_pk, func.count())
        .join(_q, and_(_q.c.version_pk == _v.c.pk, _q.c.state == "open"))
        .where(db.among(_v.c.model_pk, "pks"))
        .group_by(_v.c.model_pk)
    )
)
# A model's time of change is that of an event: of its own, of a version that has it too, or of one
# that is gone. Each statement is asked about the models of which those before have not told.
_at_that_time = select(_m.c.pk, _e.c.actor, _e.c.action).order_by(_e.c.sequence)
_of_version = "version:" + _m.c.name
_changes = [
    hot(
        lambda db: _at_that_time.where(
            db.among(_m.c.pk, "pks"),
            _e.c.object == "model:" + _m.c.name,
            _e.c.time == _m.c.updated,
        )
    ),
    hot(
        lambda db: _at_that_time.where(
            db.among(_m.c.pk, "pks"),
            _v.c.model_pk == _m.c.pk,
            _v.c.updated == _m.c.updated,
            _e.c.object == _of_version + "/" + cast(_v.c.version, Text),
            _e.c.time == _m.c.updated,
        )
    ),
    hot(
        lambda db: _at_that_time.where(
            db.among(_m.c.pk, "pks"),
            _e.c.object >= _of_version + "/",
            _e.c.object < _of_version + "0",  # the character after "/"
            _e.c.time == _m.c.updated,
        )
    ),
]
_values = hot(
    lambda db: select(_l.c.run_pk, _l.c.key_id, _l.c.bits).where(
        db.among(_l.c.run_pk, "runs"), db.among(_l.c.key_id, "keys")
    )
)
_first_keys = hot(
    lambda db: (
        select(_l.c.run_pk, func.min(_k.c.name))
        .join(_k, _k.c.id == _l.c.key_id)
        .where(db.among(_l.c.run_pk, "runs"), ~_k.c.name.like(f"{SYSTEM}%"))
        .group_by(_l.c.run_pk)
    )
)


class Key(NamedTuple):
    """The version of a model whose metric counts, and the keys that it may have, best first."""

    stage: StageOverview
    run_id: str
    named: tuple[str, ...]


def search_model_overviews(tx: Tx, op: SearchModelOverviews) -> ModelOverviewPage:
    search = readable_models(tx, op.filter, op.order_by)
    if op.owner:
        search.demand("owner", lambda: _m.c.user_id == arg("owner"), owner=op.owner)
    if op.stage:
        held = select(literal(1)).where(_v.c.model_pk == _m.c.pk, _v.c.stage == arg("stage"))
        search.demand("stage", held.exists, stage=op.stage)
    rows, token = find_page(
        search,
        list(_m.c),
        limit=op.max_results,
        token=op.page_token,
        offset=op.offset,
        question=["overviews", op.filter, op.order_by, op.stage, op.owner],
    )
    return ModelOverviewPage(
        models=_overviews(tx, rows, op.metric) if rows else [],
        next_page_token=token,
        total=count_found(search) if op.total else None,
        owners=_owners(tx) if op.choices else [],
        stages=_stages(tx) if op.choices else [],
    )


def _overviews(tx: Tx, rows: list[Row], metric: str) -> list[ModelOverview]:
    """Return models for rows in the order of ``schema.registered_models``."""
    pks = tx.listed([row[0] for row in rows])
    policies = policies_of(tx, [(row[1], row[7]) for row in rows])
    tags, aliases = tags_of(tx, pks), aliases_of(tx, pks)
    changes = _changes_of(tx, [row[0] for row in rows])
    waiting = dict(tx.all(_waiting, pks=pks))
    held: dict[int, list[tuple[StageOverview, str]]] = defaultdict(list)
    for pk, stage, version, count, since, run_id in tx.all(_held, pks=pks):
        there = StageOverview(stage=stage, version=str(version), since=since, count=count)
        held[pk].append((there, run_id))
    keys = {pk: _key(policies[name], held[pk], metric) for pk, name, *_ in rows if pk in held}
    metrics = _metrics(tx, {pk: key for pk, key in keys.items() if key}, every=not metric)
    return [
        ModelOverview(
            name=name,
            folder=folder,
            user_id=user or None,
            last_updated_timestamp=updated,
            changed_by=changes.get(pk, ("", ""))[0],
            changed=changes.get(pk, ("", ""))[1],
            latest=max((s.version for s, _ in held[pk]), key=int, default=""),
            stages=_in_order(policies[name], [stage for stage, _ in held[pk]]),
            metric=metrics.get(pk),
            requests=waiting.get(pk, 0),
            alias_items=aliases[pk],
            tag_items=tags[pk],
        )
        for pk, name, _, user, _, updated, _, folder in rows
    ]


def _in_order(applied: Applied, stages: list[StageOverview]) -> list[StageOverview]:
    """Return stages in the order of the policy; those that it has dropped come last."""
    place = {name: i for i, name in enumerate(applied.names)}
    return sorted(stages, key=lambda s: (place.get(s.stage, len(place)), s.stage))


def _changes_of(tx: Tx, pks: list[int]) -> dict[int, tuple[str, str]]:
    """Return who changed models last, and what that was."""
    found: dict[int, tuple[str, str]] = {}
    for statement in _changes:
        missing = [pk for pk in pks if pk not in found]
        if missing:
            rows = tx.all(statement, pks=tx.listed(missing))
            found.update((pk, (actor, action)) for pk, actor, action in rows)
    return found


# ---------------------------------------------------------------- key metrics


def _key(applied: Applied, held: list[tuple[StageOverview, str]], metric: str) -> Key | None:
    names = [stage.name for stage in applied.policy.stages]
    wanted = PRODUCTION if PRODUCTION in names or not names else names[-1]
    for stage, run_id in held:
        if stage.stage == wanted and run_id:
            named = (metric,) if metric else _named_metrics(applied.policy, wanted)
            return Key(stage, run_id, named)
    return None


def _named_metrics(policy: Policy, first: str) -> tuple[str, ...]:
    """Return the metrics that a policy's checks name, those of one stage first."""
    stages = sorted(policy.stages, key=lambda stage: stage.name != first)
    checks = [check for stage in stages if stage.review for check in stage.review.checks]
    return tuple(dict.fromkeys(key for check in checks for key in _metrics_in(check)))


@lru_cache(maxsize=1000)
def _metrics_in(check: str) -> tuple[str, ...]:
    return tuple(metrics_of(parse_check(check)))


def _metrics(tx: Tx, keys: dict[int, Key], *, every: bool) -> dict[int, KeyMetric]:
    """Return a metric of each version, by model.

    Args:
        tx: the transaction.
        keys: the versions, and what is looked for, by model.
        every: whether any metric will do where none is found.
    """
    runs = _readable_runs(tx, {key.run_id for key in keys.values()})
    values = _values_of(tx, set(runs.values()), {name for key in keys.values() for name in key[2]})
    found = {}
    for pk, key in keys.items():
        run = runs.get(key.run_id, -1)
        name = next((name for name in key.named if (run, name) in values), "")
        if name:
            found[pk] = _key_metric(key, name, values[run, name])
    others = {pk: runs[key.run_id] for pk, key in keys.items() if key.run_id in runs}
    others = {pk: run for pk, run in others.items() if every and pk not in found}
    if others:
        first = dict(tx.all(_first_keys, runs=tx.listed(sorted(set(others.values())))))
        values = _values_of(tx, set(first), set(first.values()))
        for pk, run in others.items():
            if run in first:
                found[pk] = _key_metric(keys[pk], first[run], values[run, first[run]])
    return found


def _key_metric(key: Key, name: str, value: float) -> KeyMetric:
    return KeyMetric(key=name, value=value, version=key.stage.version, stage=key.stage.stage)


def _readable_runs(tx: Tx, run_ids: set[str]) -> dict[str, int]:
    """Return the keys of the runs that the actor may read, by id."""
    if not run_ids:
        return {}
    mine = readable(tx, EXPERIMENT, _x.c.id, _x.c.name)
    rows = tx.all(
        select(_r.c.run_id, _r.c.pk)
        .join(_x, _x.c.id == _r.c.experiment_id)
        .where(tx.database.among(_r.c.run_id, "run_ids"), mine.condition()),
        run_ids=tx.listed(sorted(run_ids)),
        **mine.values,
    )
    return dict(rows)


def _values_of(tx: Tx, runs: set[int], names: set[str]) -> dict[tuple[int, str], float]:
    """Return the last values of some metrics by run and key."""
    ids = tx.key_ids(names)
    if not runs or not ids:
        return {}
    known = {number: name for name, number in ids.items()}
    rows = tx.all(_values, runs=tx.listed(sorted(runs)), keys=tx.listed(sorted(known)))
    return {(run, known[key]): from_bits([bits])[0] for run, key, bits in rows}


# ---------------------------------------------------------------- choices


def _owners(tx: Tx) -> list[str]:
    mine = readable(tx, MODEL, _m.c.pk, MODEL_PATH)
    rows = tx.all(
        select(_m.c.user_id)
        .where(_m.c.user_id != "", mine.condition(), MODEL_IS_NO_PROMPT)
        .group_by(_m.c.user_id)
        .order_by(func.count().desc(), _m.c.user_id)
        .limit(MOST_OWNERS),
        **mine.values,
    )
    return [owner for (owner,) in rows]


def _stages(tx: Tx) -> list[str]:
    mine = readable(tx, MODEL, _m.c.pk, MODEL_PATH)
    rows = tx.all(
        select(_h.c.stage)
        .join(_m, _m.c.pk == _h.c.model_pk)
        .where(_h.c.until.is_(None), mine.condition(), MODEL_IS_NO_PROMPT)
        .group_by(_h.c.stage)
        .order_by(_h.c.stage),
        **mine.values,
    )
    return [stage for (stage,) in rows if stage not in (NONE, ARCHIVED)]
