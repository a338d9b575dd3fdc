"""Runs as an outline: which is nested in which, among those of a question."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from cuvee.api.outlines import OutlineNode, RunOutline, SearchRunOutline
from cuvee.api.runs import PARENT_TAG
from cuvee.api.searches import RunTable
from cuvee.errors import InvalidParameter
from cuvee.search.tree import Kind, Side
from cuvee.store.run_tables import (
    RunValues,
    affordable,
    attribute_columns,
    read_columns,
    table_columns,
)
from cuvee.store.search_runs import count_runs, find_run_pks, find_runs, read_question
from cuvee.store.tx import Tx

MAX_RUNS = 100_000
"""Runs that are put in an outline; more are refused."""


def search_run_outline(tx: Tx, op: SearchRunOutline) -> RunOutline:
    choice = read_columns(op.columns)
    question = read_question(tx, op.experiment_ids, "", op.order_by, op.run_view_type)
    found = read_question(tx, op.experiment_ids, op.filter, [], op.run_view_type)
    if question is None or found is None:
        columns = attribute_columns(choice.attributes, [])
        return RunOutline(table=RunTable(count=0, columns=columns))
    homes = question.scope.homes
    rows, more = find_runs(tx, question, limit=MAX_RUNS)
    if more:
        raise InvalidParameter(
            f"There are {count_runs(tx, question):,} runs, and {MAX_RUNS:,} are shown nested at "
            "most: ask for them as a table (runs/search)."
        )
    passing = None
    if op.filter:
        passing = set(find_run_pks(tx, found, limit=MAX_RUNS)[0])
    forest = Forest(
        _parents(tx, rows, homes), [passing is None or row[0] in passing for row in rows]
    )
    others = set(op.except_runs)
    lines = forest.lines(lambda place: op.unfold != (rows[place][1] in others))
    window = lines[op.offset : op.offset + op.limit]
    page = [rows[place] for place, _ in window]
    page = page[: affordable(tx, choice, page)]
    return RunOutline(
        table=RunTable(count=len(page), columns=table_columns(tx, choice, page, homes)),
        nodes=[
            OutlineNode(
                depth=depth,
                nested=forest.nested[place],
                passing=forest.passing[place],
                passes=forest.passes[place],
                unfolded=forest.passing[place] > 0 and op.unfold != (rows[place][1] in others),
            )
            for place, depth in window[: len(page)]
        ],
        lines=len(lines),
        passing=sum(forest.passes),
        runs=len(rows),
    )


def _parents(tx: Tx, rows: Sequence[tuple[Any, ...]], homes: Sequence[int]) -> dict[int, int]:
    """Return for the places of nested runs those of the runs that they are nested in."""
    if not rows:
        return {}
    by_id = {row[1]: place for place, row in enumerate(rows)}
    places = {row[0]: place for place, row in enumerate(rows)}
    side = {PARENT_TAG: Side(Kind.TAG, PARENT_TAG)}
    (column,) = RunValues(tx, places, Kind.TAG).named(side, homes)
    pairs = zip(column.rows or range(len(column.texts)), column.texts, strict=True)
    return {place: by_id[parent] for place, parent in pairs if parent in by_id}


class Forest:
    """Runs by their places in an order, each below the one that it is nested in.

    Args:
        parents: place of a nested run -> place of the run that it is nested in.
        passes: whether the run at a place passes the filter.

    Attributes:
        nested: how many runs are nested in each, to any depth.
        passing: how many of these pass.
    """

    def __init__(self, parents: dict[int, int], passes: Sequence[bool]) -> None:
        self.passes = passes
        self.nested = [0] * len(passes)
        self.passing = [0] * len(passes)
        self._children: dict[int, list[int]] = {}
        for place, parent in sorted(parents.items()):
            self._children.setdefault(parent, []).append(place)
        self._roots = [place for place in range(len(passes)) if place not in parents]
        order = self._walk(self._roots)
        if len(order) < len(passes):
            order += self._cut_circles(parents, set(order))
        above = {child: p for p, children in self._children.items() for child in children}
        for place in reversed(order):
            if place in above:
                self.nested[above[place]] += 1 + self.nested[place]
                self.passing[above[place]] += passes[place] + self.passing[place]

    def lines(self, unfolded: Callable[[int], bool]) -> list[tuple[int, int]]:
        """Return places and depths of the runs that show, in the order in which they are read."""
        found = []
        waiting = [(place, 0) for place in reversed(self._roots)]
        while waiting:
            place, depth = waiting.pop()
            if not self.passes[place] and not self.passing[place]:
                continue
            found.append((place, depth))
            if self.passing[place] and unfolded(place):
                children = self._children[place]
                waiting += [(child, depth + 1) for child in reversed(children)]
        return found

    def _walk(self, roots: Sequence[int]) -> list[int]:
        found = []
        waiting = list(roots)
        while waiting:
            place = waiting.pop()
            found.append(place)
            waiting += self._children.get(place, ())
        return found

    def _cut_circles(self, parents: dict[int, int], seen: set[int]) -> list[int]:
        """Make a root of the first run of each circle, which two writers at once can tie."""
        found = []
        for start in range(len(self.passes)):
            if start in seen:
                continue
            line = {start}
            here = start
            while (here := parents[here]) not in line and here not in seen:
                line.add(here)
            self._children[parents[here]].remove(here)
            self._roots.append(here)
            part = self._walk([here])
            seen.update(part)
            found += part
        self._roots.sort()
        return found
