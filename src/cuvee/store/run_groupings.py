"""Groups of the runs that pass a filter, by any column, and what the runs of each are together."""

from __future__ import annotations

import base64
import math
import re
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import select

from cuvee.api.names import shown
from cuvee.api.searches import TableColumn
from cuvee.api.trees import (
    ListRunGroups,
    MetricSummary,
    RunGroup,
    RunGroups,
    StatusCount,
)
from cuvee.errors import InvalidParameter
from cuvee.search.tree import Kind, Side
from cuvee.store import schema
from cuvee.store.engine import hot
from cuvee.store.run_tables import RunValues, attribute_columns, read_columns
from cuvee.store.search_runs import count_runs, find_runs, read_question
from cuvee.store.trees import ORDER
from cuvee.store.tx import Tx

MAX_RUNS = 100_000
"""Runs that are put in groups; a search that finds more is refused."""

_rd = schema.run_datasets
_of_datasets = {
    name: hot(
        lambda db, name=name: (  # type: ignore[misc]
            select(_rd.c.run_pk, schema.datasets.c[name])
            .join(schema.datasets, schema.datasets.c.pk == _rd.c.dataset_pk)
            .where(db.among(_rd.c.run_pk, "pks"))
            .distinct()
        )
    )
    for name in ("name", "digest")
}
_BEHIND = "behind:"
_STATUS, _START = 5, 6  # places in a row of ``schema.runs``


def group_runs(tx: Tx, op: ListRunGroups) -> RunGroups:
    after = read_token(op.page_token) if op.page_token else None
    question = read_question(tx, op.experiment_ids, op.filter, [], op.run_view_type)
    if question is None:
        return RunGroups()
    rows, more = find_runs(tx, question, limit=MAX_RUNS)
    if more:
        raise InvalidParameter(
            f"{count_runs(tx, question):,} runs pass, and {MAX_RUNS:,} are grouped at most: "
            "narrow the filter."
        )
    groups: dict[str | None, list[int]] = {}
    for place, name in _members(tx, op.by, rows, question.scope.homes):
        groups.setdefault(name, []).append(place)
    named = sorted(name for name in groups if name is not None)
    wanted: list[str | None] = [name for name in named if after is None or name > after]
    if None in groups:
        wanted.append(None)
    page, left = wanted[: op.max_results], wanted[op.max_results :]
    columns = _metrics(tx, op.metrics, rows, question.scope.homes)
    return RunGroups(
        [_group(name, groups[name], rows, columns) for name in page],
        write_token(page[-1]) if left else None,
        len(groups),
        len(rows),
    )


def _members(
    tx: Tx, by: str, rows: Sequence[tuple[Any, ...]], homes: Sequence[int]
) -> Iterable[tuple[int, str | None]]:
    """Return runs by their places, each with the name of a group that it is in."""
    dataset = re.fullmatch(r"datasets?\.(name|digest)", by)
    if dataset is None:
        return enumerate(_names(tx, by, rows, homes))
    places = {row[0]: place for place, row in enumerate(rows)}
    found = tx.all(_of_datasets[dataset.group(1)], pks=tx.listed(list(places)))
    members: list[tuple[int, str | None]] = [(places[pk], name) for pk, name in found]
    without = set(places.values()).difference(place for place, _ in members)
    return members + [(place, None) for place in sorted(without)]


def _names(
    tx: Tx, by: str, rows: Sequence[tuple[Any, ...]], homes: Sequence[int]
) -> Iterable[str | None]:
    """Return for each run the name of its group."""
    choice = read_columns([by])
    if choice.whole or len(choice.attributes) > 1:
        raise InvalidParameter(f"Runs are grouped by one column, not by {shown(by)}.")
    if choice.items:
        raise InvalidParameter(
            f"Runs are not grouped by {shown(by)}: group them by datasets.name, datasets.digest, "
            "a param, a tag or an attribute."
        )
    if choice.attributes:
        (column,) = attribute_columns(choice.attributes, rows)
        if not column.texts and rows:
            raise InvalidParameter(
                f"Runs are not grouped by {shown(by)}: nearly every run has a time of its own."
            )
        return column.texts
    (side,) = choice.sides.values()
    if side.kind is Kind.METRIC or side.function == "number":
        raise InvalidParameter(
            f"Runs are not grouped by {shown(by)}: group them by a param, a tag or an attribute."
        )
    found: list[str | None] = [None] * len(rows)
    places = {row[0]: place for place, row in enumerate(rows)}
    for column in RunValues(tx, places, side.kind).named({by: side}, homes):
        for place, text in zip(column.rows or range(len(column.texts)), column.texts, strict=True):
            found[place] = text
    return found


def _metrics(
    tx: Tx, keys: Sequence[str], rows: Sequence[tuple[Any, ...]], homes: Sequence[int]
) -> dict[str, dict[int, float]]:
    """Return the finite latest values of metrics by the places of their runs."""
    sides = {key: Side(Kind.METRIC, key) for key in keys}
    if not sides or not rows:
        return {}
    places = {row[0]: place for place, row in enumerate(rows)}
    return {
        column.name: _finite(column)
        for column in RunValues(tx, places, Kind.METRIC).named(sides, homes)
    }


def _finite(column: TableColumn) -> dict[int, float]:
    places = column.rows or range(len(column.numbers))
    pairs = zip(places, column.numbers, strict=True)
    return {place: value for place, value in pairs if value is not None}


def _group(
    name: str | None,
    places: Sequence[int],
    rows: Sequence[tuple[Any, ...]],
    columns: dict[str, dict[int, float]],
) -> RunGroup:
    counts: dict[str, int] = {}
    for place in places:
        status = rows[place][_STATUS]
        counts[status] = counts.get(status, 0) + 1
    starts = [rows[place][_START] for place in places]
    metrics = []
    for key, values in columns.items():
        found = [values[place] for place in places if place in values]
        if found:
            metrics.append(_summary(key, found))
    return RunGroup(
        group=name or "",
        runs=len(places),
        statuses=[StatusCount(s, counts[s]) for s in ORDER if s in counts],  # type: ignore[arg-type]
        first_start=min(starts),
        last_start=max(starts),
        metrics=metrics,
        absent=name is None,
    )


def _summary(key: str, values: Sequence[float]) -> MetricSummary:
    count = len(values)
    try:
        mean = math.fsum(values) / count
    except OverflowError:
        mean = math.fsum(value / count for value in values)
    spread = [value - mean for value in values]
    most = max(map(abs, spread)) or 1.0
    sd = None
    if count > 1 and math.isfinite(most):
        # In parts of the greatest, as the squares of large numbers are too large.
        squares = math.fsum((value / most) ** 2 for value in spread)
        sd = most * math.sqrt(squares / (count - 1))
    return MetricSummary(key, count, min(values), max(values), mean, sd)


def write_token(name: str | None) -> str:
    """Return the token of the page that begins behind a name."""
    return base64.urlsafe_b64encode(f"{_BEHIND}{name or ''}".encode()).decode()


def read_token(token: str) -> str:
    """Return the name behind which a page begins."""
    try:
        text = base64.urlsafe_b64decode(token.encode("ascii")).decode()
    except ValueError:
        text = ""
    if not text.startswith(_BEHIND):
        raise InvalidParameter("Invalid page token: this call did not give it out.")
    return text.removeprefix(_BEHIND)
