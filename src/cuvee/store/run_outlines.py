"""Runs as an outline: which is nested in which, among those of a question.

Which runs there are, in which order, and which of them are nested is read for every window, as
whole numbers; the runs themselves are those of the window.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence

import msgspec
from sqlalchemy import func, select

from cuvee.api.outlines import OutlineNode, RunOutline, SearchRunOutline
from cuvee.api.runs import PARENT_TAG
from cuvee.api.searches import RunTable
from cuvee.errors import InvalidParameter
from cuvee.search.tree import Kind, Side
from cuvee.store import schema
from cuvee.store.engine import arg, hot
from cuvee.store.run_tables import (
    RunValues,
    affordable,
    attribute_columns,
    read_columns,
    table_columns,
)
from cuvee.store.search_runs import count_runs, find_run_pks, read_question, run_rows
from cuvee.store.texts import is_short
from cuvee.store.tx import Tx

MAX_RUNS = 100_000
"""Runs that are put in an outline; more are refused."""

FEW = 2
"""Nested runs of the whole store for each run of the outline, up to which all of them are read."""

_r = schema.runs
_t = schema.tags
_pairs = msgspec.json.Decoder(tuple[list[int], list[int]])
_tagged = (_t.c.key_id == arg("key_id"), is_short(_t.c.value))  # no id is too long for its index
_nested = hot(
    lambda db: (
        select(db.gather(_t.c.run_pk, _r.c.pk)).join(_r, _r.c.run_id == _t.c.value).where(*_tagged)
    )
)
_count = hot(
    select(func.count()).select_from(
        select(_t.c.run_pk).where(*_tagged).limit(arg("most")).subquery()
    )
)
_by_ids = hot(lambda db: select(_r.c.run_id, _r.c.pk).where(db.among(_r.c.run_id, "ids")))


def search_run_outline(tx: Tx, op: SearchRunOutline) -> RunOutline:
    choice = read_columns(op.columns)
    question = read_question(tx, op.experiment_ids, "", op.order_by, op.run_view_type)
    found = read_question(tx, op.experiment_ids, op.filter, [], op.run_view_type)
    if question is None or found is None:
        columns = attribute_columns(choice.attributes, [])
        return RunOutline(table=RunTable(count=0, columns=columns))
    homes = question.scope.homes
    pks, more = find_run_pks(tx, question, limit=MAX_RUNS)
    if more:
        raise InvalidParameter(
            f"There are {count_runs(tx, question):,} runs, and {MAX_RUNS:,} are shown nested at "
            "most: ask for them as a table (runs/search)."
        )
    passes = [True] * len(pks)
    if op.filter:
        passing = set(find_run_pks(tx, found, limit=MAX_RUNS)[0])
        passes = [pk in passing for pk in pks]
    places = {pk: place for place, pk in enumerate(pks)}
    forest = Forest(_parents(tx, places, homes), passes)
    others = {places.get(pk) for pk in _pks_of(tx, op.except_runs).values()}

    def unfolded(place: int) -> bool:
        return op.unfold != (place in others)

    lines = forest.lines(unfolded)
    window = lines[op.offset : op.offset + op.limit]
    page = run_rows(tx, [pks[place] for place in window])
    page = page[: affordable(tx, choice, page)]
    columns = table_columns(tx, choice, page, homes, op.max_text)
    return RunOutline(
        table=RunTable(count=len(page), columns=columns),
        nodes=[
            OutlineNode(
                depth=forest.depth(place),
                nested=forest.nested[place],
                passing=forest.passing[place],
                passes=passes[place],
                unfolded=forest.passing[place] > 0 and unfolded(place),
            )
            for place in window[: len(page)]
        ],
        lines=len(lines),
        passing=sum(passes),
        runs=len(pks),
    )


def _parents(tx: Tx, places: dict[int, int], homes: Sequence[int]) -> dict[int, int]:
    """Return for the places of nested runs those of the runs that they are nested in.

    Args:
        tx: the transaction.
        places: primary key of a run -> its place.
        homes: experiments of the runs.
    """
    key_id = tx.key_ids([PARENT_TAG]).get(PARENT_TAG)
    if key_id is None or not places:
        return {}
    most = FEW * len(places) + 1
    if tx.value(_count, key_id=key_id, most=most) < most:
        children, parents = _pairs.decode(tx.value(_nested, key_id=key_id))
    else:
        children, parents = _tagged_parents(tx, places, homes)
    pairs = zip(children, parents, strict=True)
    return {places[pk]: places[up] for pk, up in pairs if pk in places and up in places}


def _tagged_parents(
    tx: Tx, places: dict[int, int], homes: Sequence[int]
) -> tuple[list[int], list[int]]:
    """Return nested runs and the runs that they are nested in, beside many others in the store."""
    side = {PARENT_TAG: Side(Kind.TAG, PARENT_TAG)}
    (column,) = RunValues(tx, places, Kind.TAG).named(side, homes)
    rows = column.rows or range(len(column.texts))
    known = _pks_of(tx, sorted(set(column.texts)))
    pks = list(places)
    pairs = [
        (pks[row], known[up]) for row, up in zip(rows, column.texts, strict=True) if up in known
    ]
    return [pk for pk, _ in pairs], [up for _, up in pairs]


def _pks_of(tx: Tx, run_ids: Sequence[str]) -> dict[str, int]:
    """Return the primary keys of runs by their ids, as far as there are such runs."""
    return dict(tx.all(_by_ids, ids=tx.listed(run_ids))) if run_ids else {}


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
        self._above = dict(parents)
        self._children: dict[int, list[int]] = {}
        for place, parent in sorted(parents.items()):
            self._children.setdefault(parent, []).append(place)
        self._roots = [place for place in range(len(passes)) if place not in parents]
        # Most runs are neither nested nor have any nested in them, and are looked at no more.
        self._tops = [place for place in self._children if place not in parents]
        order = self._walk(self._tops)
        if len(order) < len(self._tops) + len(parents):
            order += self._cut_circles(parents, set(order))
        for place in reversed(order):
            if place in self._above:
                above = self._above[place]
                self.nested[above] += 1 + self.nested[place]
                self.passing[above] += passes[place] + self.passing[place]
        self._tops.sort()

    def lines(self, unfolded: Callable[[int], bool]) -> list[int]:
        """Return the places of the runs that show, in the order in which they are read."""
        roots = self._roots
        if not all(self.passes):
            roots = [place for place in roots if self.passes[place] or self.passing[place]]
        found: list[int] = []
        start = 0
        for top in self._tops:
            if self.passing[top] and unfolded(top):
                end = bisect_left(roots, top, start)
                found += roots[start:end]
                found += self._below(top, unfolded)
                start = end + 1
        return found + roots[start:]

    def depth(self, place: int) -> int:
        """Return in how many runs a run is nested."""
        depth = 0
        while place in self._above:
            place = self._above[place]
            depth += 1
        return depth

    def _below(self, top: int, unfolded: Callable[[int], bool]) -> list[int]:
        """Return the places that show from a root on, as far as it is unfolded."""
        found = []
        waiting = [top]
        while waiting:
            place = waiting.pop()
            if not self.passes[place] and not self.passing[place]:
                continue
            found.append(place)
            if self.passing[place] and unfolded(place):
                waiting += reversed(self._children[place])
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
        for start in sorted(parents):
            if start in seen:
                continue
            line = {start}
            here = start
            while (here := parents[here]) not in line and here not in seen:
                line.add(here)
            self._children[parents[here]].remove(here)
            del self._above[here]
            self._roots.append(here)
            self._tops.append(here)
            part = self._walk([here])
            seen.update(part)
            found += part
        self._roots.sort()
        return found
