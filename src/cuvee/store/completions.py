"""Checks and completions of searches: with what exists, as far as the caller may read it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import ColumnElement, func, select, true

from cuvee.api.searches import (
    CheckSearch,
    CompleteSearch,
    Completion,
    Completions,
    ListRunKeys,
    SearchCheck,
)
from cuvee.errors import InvalidParameter
from cuvee.search.completion import Place, find_place
from cuvee.search.filters import parse_filter
from cuvee.search.languages import (
    EXPERIMENTS,
    FUNCTIONS,
    LOGGED_MODELS,
    MODEL_VERSIONS,
    REGISTERED_MODELS,
    RUNS,
    Language,
    Takes,
)
from cuvee.search.orders import parse_order
from cuvee.search.tokens import SearchError
from cuvee.search.tree import Kind, Side
from cuvee.store import run_keys, schema
from cuvee.store.engine import arg, hot
from cuvee.store.search_runs import find_run_pks, read_question
from cuvee.store.tx import Tx
from cuvee.store.visible import MODEL_PATH, readable

LANGUAGES = {
    "runs": RUNS,
    "experiments": EXPERIMENTS,
    "registered_models": REGISTERED_MODELS,
    "model_versions": MODEL_VERSIONS,
    "logged_models": LOGGED_MODELS,
}
LOOKED = 1000
"""Runs whose keys and values are suggested."""

_KEYED = {Kind.METRIC: "metrics", Kind.PARAM: "params", Kind.TAG: "tags"}
_r = schema.runs
_d = schema.datasets
_rd = schema.run_datasets
_v = schema.model_versions
_m = schema.registered_models
_TABLES = {Kind.PARAM: schema.params, Kind.TAG: schema.tags}


def check_search(tx: Tx, op: CheckSearch) -> SearchCheck:  # noqa: ARG001  # reads nothing
    language = LANGUAGES[op.subject]
    try:
        parse_filter(op.filter, language)
        parse_order(op.order_by, language)
    except SearchError as problem:
        return _check(problem)
    except InvalidParameter as problem:  # too long, or the same key twice: in no one place
        return SearchCheck(valid=False, message=problem.message)
    return SearchCheck(valid=True)


def _check(problem: SearchError) -> SearchCheck:
    start = problem.token.at - 1
    return SearchCheck(
        valid=False,
        where=problem.where,
        start=start,
        end=start + len(problem.token.text),
        found=problem.found,
        expected=problem.expected,
        message=problem.message,
    )


def complete_search(tx: Tx, op: CompleteSearch) -> Completions:
    language = LANGUAGES[op.subject]
    place = find_place(op.text, op.cursor, language, order=op.order)
    if place.error is not None:
        return Completions(start=place.start, end=place.end, check=_check(place.error))
    found: dict[str, Completion] = {}
    for completion in _Suggestions(tx, op, language).fitting(place):
        found.setdefault(completion.text, completion)
        if len(found) == op.limit:
            break
    return Completions(start=place.start, end=place.end, completions=list(found.values()))


class _Suggestions:
    """Finds what can stand in a place.

    Args:
        tx: the transaction.
        op: the question.
        language: what may be asked.
    """

    def __init__(self, tx: Tx, op: CompleteSearch, language: Language) -> None:
        self.tx = tx
        self.op = op
        self.language = language

    def fitting(self, place: Place) -> Iterator[Completion]:
        """Yield what begins with, then what contains, the part that was typed."""
        typed = place.typed.replace("`", "").lower()
        all_of_them = list(self._wanted(place))
        for fits in (str.startswith, str.__contains__):
            for one in all_of_them:
                if fits(one.text.replace("`", "").lower(), typed):
                    yield one

    def _wanted(self, place: Place) -> Iterable[Completion]:
        want = place.want
        if want is None:
            return ()
        if want.what == "name":
            return self._names()
        if want.what == "operator":
            return [Completion(text=op, kind="operator") for op in want.words]
        if want.what == "value":
            values = self._values(want.side, want.field)
            return [*values, *(self._names() if want.field.sides else ())]
        return [Completion(text=word, kind="word") for word in want.words]

    def _names(self) -> Iterator[Completion]:
        order = self.op.order
        attributes = self.language.order if order else self.language.spaces[""].fields
        for name in attributes:
            if " " not in name and not name[0].isupper():
                yield Completion(text=name, kind="attribute")
        yield from self._keys()
        for word, space in self.language.spaces.items():
            if word.endswith("s") and space.any_key:
                yield Completion(text=f"{word}.", kind="word")
            elif space.kind in (Kind.DATASET, Kind.MODEL, Kind.CHILDREN) and not order:
                for name in space.fields:
                    yield Completion(text=f"{word}.{name}", kind="attribute")
        for name in FUNCTIONS if self.language.functions else ():
            if name != "at" or not order:
                yield Completion(text=f"{name}(", kind="function")
        if not order:
            yield Completion(text="NOT", kind="word")

    def _keys(self) -> Iterator[Completion]:
        """Yield the keys that runs have; those of most of the newest runs first."""
        if self.op.subject == "runs" and self.op.experiment_ids:
            op = ListRunKeys(experiment_ids=self.op.experiment_ids, limit=10_000)
            for key in run_keys.list_run_keys(self.tx, op, most=LOOKED).keys:
                text = f"{_KEYED[Kind(key.kind)]}.{quoted(key.key)}"
                yield Completion(text=text, kind=key.kind, runs=key.runs)

    def _values(self, side: Side, field: Any) -> list[Completion]:
        """Return values that were seen, those of most runs first."""
        if field.values:
            return [Completion(text=f"'{value}'", kind="value") for value in field.values]
        if field.takes is not Takes.TEXT:
            return []
        rows = list(self._seen(side))
        rows.sort(key=lambda row: -row[1])
        return [
            Completion(text=quoted_value(value), kind="value", runs=count)
            for value, count in rows
            if len(value) <= 200 and not ("'" in value and '"' in value)
        ]

    def _seen(self, side: Side) -> Iterable[tuple[str, int]]:
        if side.kind is Kind.MODEL and side.key == "name":
            return self._model_names()
        if self.op.subject in ("registered_models", "model_versions") and side.key == "name":
            return self._model_names()
        question = read_question(self.tx, self.op.experiment_ids, "", [], "ACTIVE_ONLY")
        if self.op.subject != "runs" or question is None or side.via:
            return ()
        found, _ = find_run_pks(self.tx, question, limit=LOOKED)
        pks = self.tx.listed(found)
        if side.kind in _TABLES:
            key = self.tx.key_ids([side.key]).get(side.key, -1)
            return self.tx.all(_VALUES[side.kind], pks=pks, key=key)
        if side.kind is Kind.ATTRIBUTE and side.key in _ATTRIBUTES:
            return self.tx.all(_ATTRIBUTES[side.key], pks=pks)
        if side.kind is Kind.DATASET and side.key in ("name", "digest"):
            return self.tx.all(_DATASETS[side.key], pks=pks)
        return ()

    def _model_names(self) -> Iterable[tuple[str, int]]:
        mine = readable(self.tx, "model", _m.c.pk, MODEL_PATH)
        query = select(_m.c.name).where(mine.condition())
        query = query.order_by(_m.c.updated.desc()).limit(LOOKED)
        return [(name, 0) for (name,) in self.tx.all(query, **mine.values)]


def _tally(
    value: ColumnElement[str], owner: ColumnElement[int], join: ColumnElement[bool] | None = None
) -> hot:
    """Return the query for values and how many of some runs have them."""
    return hot(
        lambda db: (
            select(value, func.count())
            .where(db.among(owner, "pks"), true() if join is None else join)
            .group_by(value)
            .order_by(func.count().desc())
            .limit(LOOKED)
        )
    )


_VALUES = {
    kind: _tally(table.c.value, table.c.run_pk, table.c.key_id == arg("key"))
    for kind, table in _TABLES.items()
}
_ATTRIBUTES = {
    name: _tally(column, _r.c.pk)
    for name, column in (
        ("user_id", _r.c.user_id),
        ("created_by", _r.c.created_by),
        ("run_name", _r.c.name),
        ("run_id", _r.c.run_id),
    )
}
_DATASETS = {
    name: _tally(_d.c[name], _rd.c.run_pk, _rd.c.dataset_pk == _d.c.pk)
    for name in ("name", "digest")
}


def quoted(key: str) -> str:
    """Return a key as it stands behind its type word."""
    plain = key.replace(".", "").replace("_", "")
    return key if plain.isalnum() and plain.isascii() else f"`{key}`"


def quoted_value(value: str) -> str:
    """Return a text as it stands in a filter; one with both quotes cannot."""
    return f'"{value}"' if "'" in value else f"'{value}'"
