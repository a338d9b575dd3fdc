"""What versions and runs come from, and what comes of them, in SQL: step by step, kind by kind."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, Literal, NamedTuple

from sqlalchemy import ColumnElement, Select, select

from cuvee.api.ancestry import (
    EdgeKind,
    GetRunLineage,
    GetVersionLineage,
    Lineage,
    LineageEdge,
    LineageNode,
)
from cuvee.api.forks import FORKED_FROM_TAG
from cuvee.api.runs import PARENT_TAG
from cuvee.api.stages import NONE
from cuvee.store import deployments, schema
from cuvee.store.engine import arg, hot
from cuvee.store.holdings import SINCE, open_holding
from cuvee.store.levels import EXPERIMENT, MODEL
from cuvee.store.runs import find_run
from cuvee.store.texts import is_short
from cuvee.store.tx import Tx
from cuvee.store.versions import find_version
from cuvee.store.visible import MODEL_PATH, Readable, readable

Row = tuple[Any, ...]

_r = schema.runs
_x = schema.experiments
_t = schema.tags
_d = schema.datasets
_rd = schema.run_datasets
_ri = schema.run_model_inputs
_lm = schema.logged_models
_m = schema.registered_models
_v = schema.model_versions
_COPY = re.compile(r"models:/([^/@]+)/(\d{1,18})")

_runs_there = hot(lambda db: select(_r.c.run_id).where(db.among(_r.c.run_id, "ids")))
_models_there = hot(lambda db: select(_lm.c.model_id).where(db.among(_lm.c.model_id, "ids")))
_versions_there = hot(
    lambda db: (
        select(_m.c.name, _v.c.version)
        .join(_v, _v.c.model_pk == _m.c.pk)
        .where(db.among(_m.c.name, "names"), db.among(_v.c.version, "numbers"))
    )
)
_datasets = hot(
    lambda db: (
        select(_rd.c.run_pk, _d.c.name, _d.c.digest, _d.c.source_type, _d.c.experiment_id)
        .join(_d, _d.c.pk == _rd.c.dataset_pk)
        .where(db.among(_rd.c.run_pk, "runs"))
        .order_by(_d.c.name, _d.c.digest)
    )
)
_inputs = hot(lambda db: select(_ri).where(db.among(_ri.c.run_pk, "runs")).order_by(_ri.c.model_id))
_above = hot(
    lambda db: select(_t.c.run_pk, _t.c.key_id, _t.c.value).where(
        db.among(_t.c.run_pk, "runs"), db.among(_t.c.key_id, "keys")
    )
)


class Ref(NamedTuple):
    """Something by its kind and what it is called; of a version, the model and the number."""

    kind: str
    ref: str
    name: str = ""

    @property
    def id(self) -> str:
        return f"{self.kind}:{self.name}/{self.ref}" if self.name else f"{self.kind}:{self.ref}"


class Link(NamedTuple):
    """An edge to something that may not be known yet, which is at one of its ends."""

    other: Ref
    source: str
    target: str
    kind: EdgeKind


def get_version_lineage(tx: Tx, op: GetVersionLineage) -> Lineage:
    row = find_version(tx, op.name, op.version)
    walk = _Walk(tx, op.max_nodes)
    return _around(walk, walk.take_version(op.name, row), op.depth)


def get_run_lineage(tx: Tx, op: GetRunLineage) -> Lineage:
    find_run(tx, op.run_id)
    walk = _Walk(tx, op.max_nodes)
    return _around(walk, walk.take_run(op.run_id), op.depth)


def _around(walk: _Walk, root: str, depth: int) -> Lineage:
    up, down = [root], [root]
    for step in range(depth + 1):
        # One step more than is wanted tells whether there is anything.
        walk.full = walk.full or step == depth
        up = walk.follow(walk.before(up))
        down = walk.follow(walk.after(down))
    return Lineage(
        root=root,
        nodes=list(walk.nodes.values()),
        edges=sorted(e for e in walk.edges if {e.source, e.target} <= walk.nodes.keys()),
        complete=walk.complete,
    )


class _Walk:
    """Goes from one thing to those it comes from, and that come from it.

    Args:
        tx: the transaction.
        most: how many things to take.
    """

    def __init__(self, tx: Tx, most: int) -> None:
        self.tx = tx
        self.most = most
        self.full = False
        self.complete = True
        self.nodes: dict[str, LineageNode] = {}
        self.edges: set[LineageEdge] = set()
        self._rows: dict[str, Row] = {}  # of runs, logged models and versions that may be read
        self._held: dict[str, Row] = {}  # the versions in stages
        self._deployed: dict[str, Row] = {}  # what runs somewhere
        self._experiments = readable(tx, EXPERIMENT, _x.c.id, _x.c.name)
        self._models = readable(tx, MODEL, _m.c.pk, MODEL_PATH)

    def follow(self, links: Iterable[Link]) -> list[str]:
        """Take what links lead to; return the ids of what is new and can be read."""
        self.tx.keep_time()
        found = list(links)
        unknown = {link.other.id: link.other for link in found if link.other.id not in self.nodes}
        if self.full:
            self.complete = self.complete and not unknown
            unknown = {}
        fresh = [node for node in self._load(list(unknown.values())) if self._take(node)]
        self.edges.update(LineageEdge(link.source, link.target, link.kind) for link in found)
        return [node.id for node in fresh if node.state in ("", "deleted")]

    def take_version(self, name: str, row: Row) -> str:
        """Take a version, in the order of ``schema.model_versions``; return its id."""
        node = self._version(name, row)
        self._take(node)
        return node.id

    def take_run(self, run_id: str) -> str:
        """Take a run that is there and may be read; return its id."""
        (node,) = self._load([Ref("run", run_id)])
        self._take(node)
        return node.id

    def _take(self, node: LineageNode) -> bool:
        if len(self.nodes) >= self.most:
            self.complete = False
            return False
        self.nodes[node.id] = node
        return True

    # ------------------------------------------------------------ links

    def before(self, ids: list[str]) -> Iterator[Link]:
        """Yield links to what things come from."""
        rows = {i: self._rows[i] for i in ids if i in self._rows}
        for i, row in rows.items():
            if self.nodes[i].kind == "version":
                yield from self._before_version(i, row)
            elif self.nodes[i].kind == "logged_model" and row[5]:
                run = Ref("run", row[5])
                yield Link(run, run.id, i, "logged")
        runs = {row[0]: i for i, row in rows.items() if self.nodes[i].kind == "run"}
        if runs:
            yield from self._before_runs(runs)

    def _before_version(self, i: str, row: Row) -> Iterator[Link]:
        copied = _COPY.fullmatch(row[5])
        if copied:
            origin = Ref("version", str(int(copied[2])), copied[1])
            yield Link(origin, origin.id, i, "copied")
        elif row[9]:
            model = Ref("logged_model", row[9])
            yield Link(model, model.id, i, "registered")
        elif row[7]:
            run = Ref("run", row[7])
            yield Link(run, run.id, i, "registered")

    def _before_runs(self, runs: dict[int, str]) -> Iterator[Link]:
        pks = self.tx.listed(list(runs))
        for pk, name, digest, *_ in self.tx.all(_datasets, runs=pks):
            data = Ref("dataset", digest, name)
            yield Link(data, data.id, runs[pk], "input")
        for pk, model_id in self.tx.all(_inputs, runs=pks):
            model = Ref("logged_model", model_id)
            yield Link(model, model.id, runs[pk], "input")
        kinds = self._kinds()
        for pk, key, value in self.tx.all(_above, runs=pks, keys=self.tx.listed(list(kinds))):
            other = Ref("run", value[:256])
            if value:
                yield Link(other, other.id, runs[pk], kinds[key])

    def _kinds(self) -> dict[int, EdgeKind]:
        """Return what the tags that name another run say of it, by the numbers of their keys."""
        keys = self.tx.key_ids([PARENT_TAG, FORKED_FROM_TAG])
        kinds: dict[int, EdgeKind] = {}
        for tag, kind in ((PARENT_TAG, "nested"), (FORKED_FROM_TAG, "forked")):
            if tag in keys:
                kinds[keys[tag]] = kind  # type: ignore[assignment]  # one of two literals
        return kinds

    def after(self, ids: list[str]) -> Iterator[Link]:
        """Yield links to what comes from things that may be read."""
        rows = {i: self._rows[i] for i in ids if i in self._rows}
        kinds = {i: self.nodes[i].kind for i in rows}
        runs = {row[1]: i for i, row in rows.items() if kinds[i] == "run"}
        models = {row[1]: i for i, row in rows.items() if kinds[i] == "logged_model"}
        if runs:
            yield from self._after_runs(runs)
            yield from self._registered(_v.c.run_id, runs, _v.c.model_id == "")
        if models:
            yield from self._registered(_v.c.model_id, models)
        for i, row in rows.items():
            if kinds[i] == "version":
                yield from self._after_version(i, row)

    def _after_runs(self, runs: dict[str, str]) -> Iterator[Link]:
        """Yield links to models that runs have logged, and to runs nested in them or forked."""
        query = (
            select(_lm.c.model_id, _lm.c.source_run_id)
            .join(_x, _x.c.id == _lm.c.experiment_id)
            .order_by(_lm.c.pk)
        )
        for found, run_id in self._first(query, _lm.c.source_run_id, self._experiments, runs):
            model = Ref("logged_model", found)
            yield Link(model, runs[run_id], model.id, "logged")
        kinds = self._kinds()
        nested = (
            select(_r.c.run_id, _t.c.value, _t.c.key_id)
            .join(_t, _t.c.run_pk == _r.c.pk)
            .join(_x, _x.c.id == _r.c.experiment_id)
            .where(
                self.tx.database.among(_t.c.key_id, "keys"),
                is_short(_t.c.value),  # as every id is, and so found by an index
                _r.c.lifecycle == "active",
            )
            .order_by(_r.c.start_time, _r.c.pk)
        )
        keys = self.tx.listed(list(kinds))
        for found, above, key in self._first(
            nested, _t.c.value, self._experiments, runs, keys=keys
        ):
            below = Ref("run", found)
            yield Link(below, runs[above], below.id, kinds[key])

    def _registered(
        self, column: ColumnElement[str], of: dict[str, str], *only: ColumnElement[bool]
    ) -> Iterator[Link]:
        """Yield links to the versions whose column names one of some things."""
        query = (
            select(_m.c.name, _v.c.version, column, _v.c.source)
            .join(_v, _v.c.model_pk == _m.c.pk)
            .where(*only)
            .order_by(_m.c.name, _v.c.version)
        )
        for name, number, origin, source in self._first(query, column, self._models, of):
            if not _COPY.fullmatch(source):  # a copy comes from what it is a copy of
                version = Ref("version", str(number), name)
                yield Link(version, of[origin], version.id, "registered")

    def _first(
        self,
        query: Select[Any],
        column: ColumnElement[str],
        mine: Readable,
        of: dict[str, str],
        **more: Any,
    ) -> list[Row]:
        """Return what comes from some things, as far as it may be read and there is room."""
        ids = self.tx.listed(list(of))
        found = self._readable(query.limit(arg("most")), column, mine, ids, most=self.most, **more)
        self.complete = self.complete and len(found) < self.most
        return found

    def _after_version(self, i: str, row: Row) -> Iterator[Link]:
        """Yield links to copies of a version, to the stage that it holds, and where it runs."""
        name = self.nodes[i].name
        if row[3] != NONE:
            stage = Ref("stage", row[3], name)
            self._held[stage.id] = row
            yield Link(stage, i, stage.id, "holds")
        for running in deployments.running_of(self.tx, row[1], row[2]):
            place = Ref("deployment", running[deployments.TARGET], name)
            self._deployed[place.id] = running
            yield Link(place, i, place.id, "deployed")
        for other, number in self._copies(name, row):
            copy = Ref("version", str(number), other)
            yield Link(copy, i, copy.id, "copied")

    def _copies(self, name: str, row: Row) -> list[Row]:
        # A copy has the run, the logged model and the files of what it is a copy of.
        same: ColumnElement[bool]
        if row[7]:
            same = _v.c.run_id == arg("same")
        elif row[9]:
            same = _v.c.model_id == arg("same")
        elif row[13]:
            same = _v.c.digest == arg("same")
        else:
            return []
        query = (
            select(_m.c.name, _v.c.version)
            .join(_v, _v.c.model_pk == _m.c.pk)
            .where(same, _v.c.source == arg("source"), self._models.condition())
            .order_by(_m.c.name, _v.c.version)
            .limit(arg("most"))
        )
        return self.tx.all(
            query,
            same=row[7] or row[9] or row[13],
            source=f"models:/{name}/{row[2]}",
            most=self.most,
            **self._models.values,
        )

    # ------------------------------------------------------------ nodes

    def _load(self, refs: list[Ref]) -> list[LineageNode]:
        """Return nodes for things, in their order."""
        of = {kind: [ref for ref in refs if ref.kind == kind] for kind in {r.kind for r in refs}}
        found: dict[str, LineageNode] = {}
        if "run" in of:
            found.update(self._runs(of["run"]))
        if "logged_model" in of:
            found.update(self._logged_models(of["logged_model"]))
        if "version" in of:
            found.update(self._versions(of["version"]))
        for ref in of.get("stage", ()):
            found[ref.id] = self._stage(ref)
        for ref in of.get("deployment", ()):
            found[ref.id] = self._deployment(ref)
        for ref in of.get("dataset", ()):
            found[ref.id] = LineageNode(id=ref.id, kind="dataset", ref=ref.ref, name=ref.name)
        return [found[ref.id] for ref in refs]

    def _rest(self, refs: list[Ref], there: set[str]) -> Iterator[tuple[str, LineageNode]]:
        """Yield nodes for what may not be read, and for what is not there."""
        for ref in refs:
            if ref.id not in self._rows:
                state = "hidden" if ref.id in there else "missing"
                yield (
                    ref.id,
                    LineageNode(
                        id=ref.id,
                        kind=ref.kind,  # type: ignore[arg-type]  # one of the literals
                        ref=ref.ref,
                        name=ref.name,
                        state=state,  # type: ignore[arg-type]  # one of the literals
                    ),
                )

    def _runs(self, refs: list[Ref]) -> Iterator[tuple[str, LineageNode]]:
        ids = self.tx.listed([ref.ref for ref in refs])
        query = select(_r).join(_x, _x.c.id == _r.c.experiment_id)
        for row in self._readable(query, _r.c.run_id, self._experiments, ids):
            yield self._logged("run", row, status=row[5], user_id=row[4], time=row[6])
        yield from self._rest(refs, {f"run:{one}" for (one,) in self.tx.all(_runs_there, ids=ids)})

    def _logged_models(self, refs: list[Ref]) -> Iterator[tuple[str, LineageNode]]:
        ids = self.tx.listed([ref.ref for ref in refs])
        query = select(_lm).join(_x, _x.c.id == _lm.c.experiment_id)
        for row in self._readable(query, _lm.c.model_id, self._experiments, ids):
            yield self._logged("logged_model", row, time=row[9], run_id=row[5])
        there = {f"logged_model:{one}" for (one,) in self.tx.all(_models_there, ids=ids)}
        yield from self._rest(refs, there)

    def _logged(
        self, kind: Literal["run", "logged_model"], row: Row, **more: Any
    ) -> tuple[str, LineageNode]:
        """Return a run or a logged model, whose rows begin alike, and its id."""
        i = f"{kind}:{row[1]}"
        self._rows[i] = row
        state: Literal["deleted", ""] = "deleted" if row[8] == "deleted" else ""
        told = LineageNode(
            id=i,
            kind=kind,
            ref=row[1],
            name=row[3],
            state=state,
            experiment_id=str(row[2]),
            **more,
        )
        return i, told

    def _versions(self, refs: list[Ref]) -> Iterator[tuple[str, LineageNode]]:
        # Two lists and not a condition for each: there may be a thousand, too many for SQLite.
        names = self.tx.listed(sorted({ref.name for ref in refs}))
        numbers = self.tx.listed(sorted({int(ref.ref) for ref in refs}))
        wanted = {ref.id for ref in refs}
        among = self.tx.database.among(_v.c.version, "numbers")
        query = select(_m.c.name, *_v.c).join(_v, _v.c.model_pk == _m.c.pk).where(among)
        for name, *row in self._readable(query, _m.c.name, self._models, names, numbers=numbers):
            if f"version:{name}/{row[2]}" in wanted:
                node = self._version(name, tuple(row))
                yield node.id, node
        found = self.tx.all(_versions_there, names=names, numbers=numbers)
        yield from self._rest(refs, {f"version:{name}/{number}" for name, number in found})

    def _version(self, name: str, row: Row) -> LineageNode:
        i = f"version:{name}/{row[2]}"
        self._rows[i] = row
        return LineageNode(
            id=i,
            kind="version",
            ref=str(row[2]),
            name=name,
            status=row[3],
            user_id=row[10],
            time=row[11],
            run_id=row[7],
        )

    def _stage(self, ref: Ref) -> LineageNode:
        held = open_holding(self.tx, self._held[ref.id])
        since = held[SINCE] if held else None
        return LineageNode(id=ref.id, kind="stage", ref=ref.ref, name=ref.name, time=since)

    def _deployment(self, ref: Ref) -> LineageNode:
        row = self._deployed[ref.id]
        return LineageNode(
            id=ref.id,
            kind="deployment",
            ref=ref.ref,
            name=ref.name,
            user_id=row[deployments.USER],
            time=row[deployments.SINCE],
            url=row[deployments.URL],
        )

    def _readable(
        self, query: Select[Any], column: ColumnElement[str], mine: Readable, ids: Any, **more: Any
    ) -> list[Row]:
        among = self.tx.database.among(column, "ids")
        return self.tx.all(query.where(among, mine.condition()), ids=ids, **more, **mine.values)
