"""Folders of experiments in SQL: what their names begin with."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select, update

from cuvee.api.base import Level
from cuvee.api.experiments import DeleteExperiment, RestoreExperiment
from cuvee.api.folders import (
    MAX_MOVED,
    ArchiveFolder,
    Folder,
    FolderChanged,
    FolderListing,
    ListFolder,
    ListTopFolders,
    MoveFolder,
    RestoreFolder,
    TopFolder,
    TopFolders,
)
from cuvee.api.names import check_experiment_name, plain
from cuvee.errors import AlreadyExists, InvalidParameter, NotFound
from cuvee.store import access, experiments, schema
from cuvee.store.engine import arg, hot
from cuvee.store.search_runs import LIFECYCLES
from cuvee.store.tx import Tx
from cuvee.store.visible import MODEL_PATH, readable

MAX_LISTED = 10_000

_e = schema.experiments
_m = schema.registered_models
_below = hot(
    select(_e)
    .where(_e.c.name >= arg("start"), _e.c.name < arg("end"))
    .order_by(_e.c.name)
    .limit(MAX_MOVED + 1)
    .with_for_update()
)
_named = hot(lambda db: select(_e.c.name).where(db.among(_e.c.name, "names")).limit(1))
_rename = hot(
    update(_e).where(_e.c.id == arg("number")).values(name=arg("name"), updated=arg("now"))
)


def list_folder(tx: Tx, op: ListFolder) -> FolderListing:
    start = op.folder.removesuffix("/") + "/" if op.folder.strip("/") else ""
    mine = readable(tx, "experiment", _e.c.id, _e.c.name)
    query = select(_e).where(mine.condition()).order_by(_e.c.name)
    if start:
        query = query.where(_e.c.name >= start, _e.c.name < _behind(start))
    if op.view_type in LIFECYCLES:
        query = query.where(_e.c.lifecycle == LIFECYCLES[op.view_type])
    folders: dict[str, int] = {}
    own = []
    rows = tx.all(query, **mine.values)
    for row in rows:
        name, inside, _ = row[1][len(start) :].partition("/")
        if inside:
            path = f"{start}{name}/"
            folders[path] = folders.get(path, 0) + 1
        else:
            own.append(row)
    return FolderListing(
        folders=[Folder(path, count) for path, count in sorted(folders.items())],
        experiments=experiments.load_experiments(tx, own[:MAX_LISTED]),
        count=len(rows),
    )


def list_top_folders(tx: Tx, op: ListTopFolders) -> TopFolders:
    kinds = [
        ("experiment", _e, _e.c.id, _e.c.name, _e.c.lifecycle == "active"),
        ("model", _m, _m.c.pk, MODEL_PATH, _m.c.folder != ""),
    ]
    found: dict[str, set[str]] = {}
    for kind, table, number, path, counts in kinds:
        mine = readable(tx, kind, number, path)
        query = select(path).select_from(table).where(mine.condition(), counts, path.contains("/"))
        query = query.where(path >= arg("start")).order_by(path).limit(1)
        start = ""
        # One look for each folder: it goes on behind all that lies in the one before.
        for _ in range(op.limit + 1):
            name = tx.value(query, start=start, **mine.values)
            if name is None:
                break
            top = name.partition("/")[0]
            start = _behind(f"{top}/")
            found.setdefault(top, set()).add(kind)
    tops = [
        TopFolder(top, "experiment" in found[top], "model" in found[top]) for top in sorted(found)
    ]
    return TopFolders(tops[: op.limit], more=len(tops) > op.limit)


def move_folder(tx: Tx, op: MoveFolder) -> FolderChanged:
    rows = _find(tx, op.below, Level.MANAGE)
    names = {row[0]: op.new_start + row[1][len(op.below) :] for row in rows}
    for name in names.values():
        check_experiment_name(name)
    new = [access.Thing("experiment", None, name) for name in names.values()]
    access.require(tx, [(thing, Level.EDIT) for thing in {t.folder: t for t in new}.values()])
    taken = tx.value(_named, names=tx.listed(list(names.values())))
    if taken is not None:
        raise AlreadyExists(
            f"Experiment(name={plain(taken)}) already exists, so nothing was moved: rename it, or "
            "choose another folder."
        )
    for row in rows:
        tx.run(_rename, number=row[0], name=names[row[0]], now=tx.now)
        tx.record(
            "experiment.renamed",
            f"experiment:{row[0]}",
            before={"name": row[1]},
            after={"name": names[row[0]]},
            comment=op.comment,
        )
    return FolderChanged(len(rows))


def archive_folder(tx: Tx, op: ArchiveFolder) -> FolderChanged:
    rows = [row for row in _find(tx, op.below, Level.MANAGE) if row[3] == "active"]
    for row in rows:
        experiments.delete_experiment(
            tx, DeleteExperiment(experiment_id=str(row[0]), comment=op.comment, force=op.force)
        )
    return FolderChanged(len(rows))


def restore_folder(tx: Tx, op: RestoreFolder) -> FolderChanged:
    rows = [row for row in _find(tx, op.below, Level.MANAGE) if row[3] == "deleted"]
    for row in rows:
        experiments.restore_experiment(
            tx, RestoreExperiment(experiment_id=str(row[0]), comment=op.comment)
        )
    return FolderChanged(len(rows))


def _find(tx: Tx, below: str, level: Level) -> list[tuple[Any, ...]]:
    """Return the experiments in a folder, all of which the actor must have a level on."""
    rows = tx.all(_below, start=below, end=_behind(below))
    if not rows:
        raise NotFound(
            f"There is no experiment in the folder {plain(below)!r}: experiments/search lists "
            "those that there are."
        )
    if len(rows) > MAX_MOVED:
        raise InvalidParameter(
            f"More than {MAX_MOVED} experiments lie in {plain(below)!r}: take its folders one by "
            "one."
        )
    access.require(tx, [(access.Thing("experiment", row[0], row[1]), level) for row in rows])
    return rows


def _behind(start: str) -> str:
    return start[:-1] + "0"  # the character after "/"
