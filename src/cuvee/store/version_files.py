"""Files of versions that clients wrote by themselves, in SQL."""

from __future__ import annotations

from sqlalchemy import or_, select

from cuvee.api.base import Empty
from cuvee.api.names import shown
from cuvee.api.version_files import (
    AnnounceRunFile,
    KeepVersionFiles,
    ListOutsideVersions,
    OutsideVersion,
    OutsideVersions,
)
from cuvee.errors import Conflict
from cuvee.store import artifacts, schema
from cuvee.store.engine import arg, hot
from cuvee.store.runs import find_run
from cuvee.store.sources import local_path, run_place
from cuvee.store.tx import Tx
from cuvee.store.versions import find_version

MOST = 100
"""Versions that are listed at once."""
_RUNS = "runs:/"

_m = schema.registered_models
_v = schema.model_versions
_waiting = hot(
    select(_v.c.pk, _m.c.name, _v.c.version, _v.c.location, _v.c.created)
    .join(_m, _m.c.pk == _v.c.model_pk)
    .where(
        _v.c.digest == "",
        _v.c.pk > arg("after"),
        or_(*(_v.c.location.startswith(start) for start in ("/", "file:", _RUNS))),
    )
    .order_by(_v.c.pk)
    .limit(MOST)
)
_of_run = hot(
    select(_m.c.name, _v.c.version, _v.c.location)
    .join(_m, _m.c.pk == _v.c.model_pk)
    .where(_v.c.run_id == arg("run_id"), _v.c.digest != "")
)


def list_outside_versions(tx: Tx, op: ListOutsideVersions) -> OutsideVersions:
    rows = tx.all(_waiting, after=op.after)
    return OutsideVersions(
        [
            OutsideVersion(
                number=pk,
                name=name,
                version=str(version),
                uri=_place(tx, location),
                created=created,
            )
            for pk, name, version, location, created in rows
        ]
    )


def _place(tx: Tx, location: str) -> str:
    """Return where files are that may be named by their run."""
    if not location.startswith(_RUNS):
        return location
    run_id, _, path = location.removeprefix(_RUNS).partition("/")
    return run_place(tx, run_id, path) or ""


def keep_version_files(tx: Tx, op: KeepVersionFiles) -> Empty:
    row = find_version(tx, op.name, op.version, lock=True)
    if op.files and not row[13]:
        if op.late:  # what is there was reviewed without them
            artifacts.require_unreviewed(tx, op.name, row[2], row[3], op.files[0].path)
        artifacts.keep_files(tx, row[0], op.name, row[2], op.files, op.texts)
    return Empty()


def announce_run_file(tx: Tx, op: AnnounceRunFile) -> Empty:
    """Refuse a file among those of a version: clients read them where they were registered."""
    path = f"{local_path(find_run(tx, op.run_id)[9])}/{op.path}"
    for name, version, location in tx.all(_of_run, run_id=op.run_id):
        place = local_path(_place(tx, location))
        if place and (path == place or path.startswith(f"{place}/")):
            raise Conflict(
                f"{shown(op.path)} belongs to {artifacts.named_version(tx, name, version)}, whose "
                "files can never be changed: log the file under another path and register a new "
                "version."
            )
    return Empty()
