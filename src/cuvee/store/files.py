"""Files of several runs in SQL: lists with digests, and the texts of small ones."""

from __future__ import annotations

from typing import Any

from sqlalchemy import and_, or_, select

from cuvee.api.artifacts import StoredFile, StoredFiles, artifact_directory
from cuvee.api.files import (
    MAX_ARCHIVED,
    MAX_TEXTS,
    FileText,
    FindArtifacts,
    GetRunTexts,
    ListRunFiles,
    RunFileLists,
    RunFiles,
    RunText,
    RunTexts,
)
from cuvee.api.names import shown
from cuvee.api.wordings import artifact_missing, run_missing
from cuvee.errors import InvalidParameter, NotFound
from cuvee.store.artifacts import span_below
from cuvee.store.engine import arg, hot
from cuvee.store.locations import proxy_path
from cuvee.store.schema import artifact_files, runs
from cuvee.store.tx import Tx

_f = artifact_files.c
_file = (_f.path, _f.digest, _f.size, _f.modified)
_below = hot(
    select(*_file)
    .where(_f.path >= arg("start"), _f.path < arg("end"))
    .order_by(_f.path)
    .limit(arg("most"))
)
_tree = hot(
    select(*_file)
    .where(
        or_(_f.path == arg("itself"), and_(_f.path >= arg("start"), _f.path < arg("end"))),
    )
    .order_by(_f.path)
    .limit(arg("most"))
)
_at = hot(lambda db: select(_f.path, _f.digest, _f.size).where(db.among(_f.path, "paths")))
_roots = hot(
    lambda db: select(runs.c.run_id, runs.c.artifact_uri).where(db.among(runs.c.run_id, "ids"))
)


def list_run_files(tx: Tx, op: ListRunFiles) -> RunFileLists:
    """List the files of some runs, with digests."""
    directory = artifact_directory(op.path)
    found = []
    for run_id, uri in roots_of(tx, op.run_ids):
        tx.keep_time()
        root = proxy_path(uri)
        if root is None:
            found.append(RunFiles(run_id=run_id, root_uri=uri, elsewhere=True, complete=True))
            continue
        start, end = span_below("/".join(filter(None, (root, directory))))
        most = op.max_files + 1
        rows = tx.all(_below, start=start, end=end, most=most)
        files = [_stored(row, root) for row in rows[: op.max_files]]
        complete = len(rows) < most
        found.append(RunFiles(run_id=run_id, root_uri=uri, files=files, complete=complete))
    return RunFileLists(found)


def get_run_texts(tx: Tx, op: GetRunTexts) -> RunTexts:
    """Read small text files of some runs."""
    places = {
        "/".join(filter(None, (root, path))): (run_id, path)
        for run_id, uri in roots_of(tx, op.run_ids)
        if (root := proxy_path(uri)) is not None
        for path in op.paths
    }
    rows = {row[0]: row[1:] for row in tx.all(_at, paths=tx.listed(sorted(places)))}
    files: list[RunText] = []
    texts: dict[str, FileText] = {}
    total = 0
    for place, (run_id, path) in places.items():
        if place not in rows:
            continue
        digest, size = rows[place]
        files.append(RunText(run_id=run_id, path=path, digest=digest, size=size))
        if digest in texts or total + min(size, op.max_bytes) > MAX_TEXTS:
            continue
        data = tx.blobs.part(digest, 0, op.max_bytes) if tx.blobs else None
        if data is not None:
            total += len(data)
            text = data.decode("utf-8", "replace")
            texts[digest] = FileText(digest=digest, text=text, complete=len(data) >= size)
    return RunTexts(files, list(texts.values()))


def file_at(tx: Tx, place: str) -> tuple[str, int] | None:
    """Return digest and size of the file at a place of the artifact store, if there is one."""
    row = tx.first(_at, paths=tx.listed([place]))
    return None if row is None else (row[1], row[2])


def find_artifacts(tx: Tx, op: FindArtifacts) -> StoredFiles:
    """Find all stored files at a path and below."""
    start, end = span_below(op.path)
    rows = tx.all(_tree, itself=op.path, start=start, end=end, most=MAX_ARCHIVED + 1)
    if not rows:
        raise NotFound(artifact_missing(op.path))
    if len(rows) > MAX_ARCHIVED:
        raise InvalidParameter(
            f"{shown(op.path)} has more than {MAX_ARCHIVED} files: download its folders one by one."
        )
    return StoredFiles([_stored(row, "") for row in rows])


def roots_of(tx: Tx, run_ids: list[str]) -> list[tuple[str, str]]:
    """Return runs and the URIs of their files, in the order asked for."""
    asked = list(dict.fromkeys(run_ids))
    found: dict[str, str] = dict(tx.all(_roots, ids=tx.listed(asked)))
    for run_id in asked:
        if run_id not in found:
            raise NotFound(run_missing(run_id))
    return [(run_id, found[run_id]) for run_id in asked]


def _stored(row: tuple[Any, ...], root: str) -> StoredFile:
    path, digest, size, modified = row
    if root:
        path = path[len(root) + 1 :]
    return StoredFile(path=path, digest=digest, size=size, modified=modified)
