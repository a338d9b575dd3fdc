"""Files of versions that clients wrote by themselves, in SQL."""

from __future__ import annotations

from sqlalchemy import or_, select

from cuvee.api.base import Empty
from cuvee.api.version_files import (
    KeepVersionFiles,
    ListOutsideVersions,
    OutsideVersion,
    OutsideVersions,
)
from cuvee.errors import NotFound
from cuvee.store import artifacts, schema
from cuvee.store.engine import arg, hot
from cuvee.store.runs import find_run
from cuvee.store.tx import Tx
from cuvee.store.versions import find_version

MOST = 100
"""Versions that are listed at once."""
_RUNS = "runs:/"

_m = schema.registered_models
_v = schema.model_versions
_waiting = hot(
    select(_v.c.pk, _m.c.name, _v.c.version, _v.c.location)
    .join(_m, _m.c.pk == _v.c.model_pk)
    .where(
        _v.c.digest == "",
        _v.c.pk > arg("after"),
        or_(*(_v.c.location.startswith(start) for start in ("/", "file:", _RUNS))),
    )
    .order_by(_v.c.pk)
    .limit(MOST)
)


def list_outside_versions(tx: Tx, op: ListOutsideVersions) -> OutsideVersions:
    rows = tx.all(_waiting, after=op.after)
    return OutsideVersions(
        [
            OutsideVersion(number=pk, name=name, version=str(version), uri=_place(tx, location))
            for pk, name, version, location in rows
        ]
    )


def _place(tx: Tx, location: str) -> str:
    """Return where files are that may be named by their run."""
    if not location.startswith(_RUNS):
        return location
    run_id, _, path = location.removeprefix(_RUNS).partition("/")
    try:
        root: str = find_run(tx, run_id)[9]
    except NotFound:
        return ""
    return f"{root}/{path}".rstrip("/")


def keep_version_files(tx: Tx, op: KeepVersionFiles) -> Empty:
    row = find_version(tx, op.name, op.version, lock=True)
    if op.files and not row[13]:
        artifacts.keep_files(tx, row[0], op.name, row[2], op.files, op.texts)
    return Empty()
