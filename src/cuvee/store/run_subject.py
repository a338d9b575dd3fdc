"""What can be asked of runs, in terms of tables."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, FromClause, Table, and_, exists, func, select

from cuvee.api.runs import PARENT_TAG, RUN_NAME_TAG
from cuvee.rules.goals import GOAL_TAG, is_minimized
from cuvee.search.tree import Clause, Kind, Node, OrderKey, Side, clauses_of, replaced
from cuvee.store import schema
from cuvee.store.conditions import Column, Condition, Keyed, Member, Relative, Row, Subject
from cuvee.store.engine import arg, hot
from cuvee.store.preparation import NO_KEY
from cuvee.store.texts import is_short
from cuvee.store.tx import Tx
from cuvee.store.visible import MODEL_PATH, Readable, readable

CONTEXT_TAG = "mlflow.data.context"

_r = schema.runs
_d = schema.datasets
_rd = schema.run_datasets
_rdt = schema.run_dataset_tags
_v = schema.model_versions
_m = schema.registered_models
_home = schema.experiments.alias()
_et = schema.experiment_tags

_goals = hot(
    lambda db: select(_et.c.experiment_id, _et.c.value).where(
        _et.c.key == arg("key"), db.among(_et.c.experiment_id, "homes")
    )
)
_goals_told = hot(
    select(_et.c.experiment_id).where(_et.c.key == arg("key"), _et.c.value == arg("told"))
)
_by_tag = {"run_name": RUN_NAME_TAG, "parent": PARENT_TAG}
"""Attributes that are filtered through a tag; a run's name differs from its tag once that has been
deleted."""

ROW = Row(
    _r.c.pk,
    {
        "run_name": _r.c.name,
        **{
            name: _r.c[name]
            for name in ("run_id", "status", "user_id", "artifact_uri", "start_time", "end_time")
        },
        "created_by": _r.c.created_by,
        "experiment_id": _r.c.experiment_id,
    },
)
_STATISTICS = {
    "": Column("value", "bits"),
    **{name: Column(f"{name}_value", f"{name}_bits") for name in ("first", "min", "max")},
}
_TEXTS = {"": Column(), "number": Column("number")}


def _keyed(table: Table, columns: dict[str, Column]) -> Keyed:
    return Keyed(table, owner=table.c.run_pk, key=table.c.key_id, interned=True, columns=columns)


def _of_dataset(column: ColumnElement[str]) -> Member:
    return Member(column, lambda row: and_(_rd.c.run_pk == row.pk, _d.c.pk == _rd.c.dataset_pk))


RUNS = Subject(
    source=_r,
    row=ROW,
    keyed={
        Kind.METRIC: _keyed(schema.latest, _STATISTICS),
        Kind.PARAM: _keyed(schema.params, _TEXTS),
        Kind.TAG: _keyed(schema.tags, _TEXTS),
    },
    members={
        (Kind.DATASET, "name"): _of_dataset(_d.c.name),
        (Kind.DATASET, "digest"): _of_dataset(_d.c.digest),
        (Kind.DATASET, "context"): Member(
            _rdt.c.value, lambda row: and_(_rdt.c.run_pk == row.pk, _rdt.c.key == CONTEXT_TAG)
        ),
    },
)


class Asked(NamedTuple):
    """A question about runs in terms of tables.

    Args:
        subject: what it is about.
        said: what of the subject depends on who asks.
        values: what the subject has bound by name.
        tree: the filter.
        order: the order.
    """

    subject: Subject
    said: Hashable
    values: dict[str, Any]
    tree: Node
    order: Sequence[OrderKey]


def in_tables(tx: Tx, tree: Node, order: Sequence[OrderKey], homes: Sequence[int]) -> Asked:
    """Put a question in terms of tables.

    Args:
        tx: the transaction.
        tree: the filter.
        order: the order.
        homes: the experiments that are searched.
    """
    goals: dict[tuple[str, bool], str] = {}
    values: dict[str, Any] = {}

    def told(side: Side) -> Side:
        if side.function != "best":
            return side
        about = side.key, bool(side.via)
        if about not in goals:
            goals[about] = (_goals_of_all if side.via else _goal)(tx, side.key, homes, values)
        return replace(side, function=goals[about])

    def change(clause: Clause) -> Node:
        side = told(clause.side)
        value = told(clause.value) if isinstance(clause.value, Side) else clause.value
        if side.kind is Kind.ATTRIBUTE and side.key in _by_tag:
            side = replace(side, kind=Kind.TAG, key=_by_tag[side.key])
        return Clause(side.kind, side.key, clause.op, value, side.function, side.step, side.via)

    tree = replaced(tree, change)
    order = [replace(key, function=told(key.side).function) for key in order]
    subject, said = _subject(tx, tree, values)
    return Asked(subject, said, values, tree, order)


def _goal(tx: Tx, key: str, homes: Sequence[int], values: dict[str, Any]) -> str:
    """Return the function that ``best`` is: ``min``, ``max``, or what depends on the experiment."""
    rows: list[tuple[int, str]] = tx.all(_goals, key=GOAL_TAG + key, homes=tx.listed(homes))
    told = {home: value == "minimize" for home, value in rows if value in ("minimize", "maximize")}
    usual = is_minimized(key)
    least = [home for home in homes if told.get(home, usual)]
    if not least or len(least) == len(homes):
        return "min" if least else "max"
    name = f"goals{len(values)}"
    values[name] = tx.listed(least)
    return f"best:{name}"


def _goals_of_all(tx: Tx, key: str, homes: Sequence[int], values: dict[str, Any]) -> str:
    """Return what ``best`` is of relatives, which may be in experiments that are not searched."""
    del homes
    usual = is_minimized(key)
    unusual: list[tuple[int]] = tx.all(
        _goals_told, key=GOAL_TAG + key, told="maximize" if usual else "minimize"
    )
    if not unusual:
        return "min" if usual else "max"
    name = f"goals{len(values)}"
    values[name] = tx.listed(sorted(home for (home,) in unusual))
    return f"best:!{name}" if usual else f"best:{name}"


def _subject(tx: Tx, tree: Node, values: dict[str, Any]) -> tuple[Subject, Hashable]:
    """Return the subject with what the filter needs beyond the run: versions and relatives."""
    clauses = list(clauses_of(tree))
    subject, said = RUNS, []
    if any(clause.kind is Kind.MODEL for clause in clauses):
        mine = readable(tx, "model", _m.c.pk, MODEL_PATH)
        said.append(mine.said)
        values.update(mine.values)
        subject = replace(subject, members={**subject.members, **_of_versions(mine)})
    if any(clause.via or clause.kind is Kind.CHILDREN for clause in clauses):
        mine = readable(tx, "experiment", _home.c.id, _home.c.name)
        said.append(mine.said)
        values.update(mine.values)
        values["parent_key"] = tx.key_ids([PARENT_TAG]).get(PARENT_TAG, NO_KEY)
        subject = _with_relatives(subject, mine)
    return subject, tuple(said)


def _of_versions(mine: Readable) -> dict[tuple[Kind, str], Member]:
    def where(row: Row) -> Condition:
        of_run = and_(_v.c.run_id == row.attributes["run_id"], _m.c.pk == _v.c.model_pk)
        return and_(of_run, mine.condition())

    columns = {"name": _m.c.name, "version": _v.c.version, "stage": _v.c.stage}
    return {(Kind.MODEL, name): Member(column, where) for name, column in columns.items()}


def _with_relatives(subject: Subject, mine: Readable) -> Subject:
    """Return the subject with parents and children, as far as they may be read."""

    def tied(child: ColumnElement[int], parent: ColumnElement[str], other: FromClause) -> Condition:
        tag = schema.tags.alias()
        # No id is too long for the index of short values.
        is_parent = and_(
            tag.c.key_id == arg("parent_key"), tag.c.value == parent, is_short(tag.c.value)
        )
        home = exists().where(_home.c.id == other.c.experiment_id, mine.condition())
        return and_(tag.c.run_pk == child, is_parent, home)

    def parent(row: Row) -> Relative:
        other = _r.alias()
        return Relative(ROW.of(other), tied(row.pk, other.c.run_id, other))

    def child(row: Row) -> Relative:
        other = _r.alias()
        tie = tied(other.c.pk, row.attributes["run_id"], other)
        return Relative(ROW.of(other), and_(tie, other.c.lifecycle == "active"))

    def count(row: Row) -> ColumnElement[int]:
        found = child(row)
        return select(func.count(found.row.pk)).where(found.where).scalar_subquery()

    return replace(
        subject,
        counts={(Kind.CHILDREN, "count"): count},
        relatives={"parent": parent, "children": child},
    )
