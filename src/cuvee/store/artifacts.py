"""Artifacts in SQL: which digest is at which path, and which paths can never change."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Integer,
    Text,
    and_,
    cast,
    delete,
    func,
    or_,
    select,
    union_all,
    update,
)

from cuvee.api.artifacts import (
    AnnounceArtifact,
    ArtifactPage,
    DeleteArtifact,
    FileInfo,
    FindArtifact,
    ListArtifacts,
    ListStoredArtifacts,
    PutArtifact,
    StoredFile,
    StoredFiles,
    artifact_directory,
    manifest_digest,
)
from cuvee.api.base import Empty, Level
from cuvee.api.logged_models import ListLoggedModelArtifacts
from cuvee.api.names import plain, shown, version_number
from cuvee.api.versions import GetVersionManifest
from cuvee.api.wordings import artifact_missing, logged_model_missing, run_missing, version_missing
from cuvee.errors import Conflict, InvalidParameter, NotFound
from cuvee.store import access
from cuvee.store.engine import arg, hot, insert
from cuvee.store.locations import PROXY, proxy_path
from cuvee.store.policies import policy_of, stage_named
from cuvee.store.schema import (
    artifact_files,
    experiments,
    logged_models,
    model_texts,
    model_versions,
    registered_models,
    runs,
    sealed,
    version_files,
)
from cuvee.store.tx import Tx

SCAN = 100
MAX_SCAN = 5000

_file = artifact_files.c
_below = and_(_file.path >= arg("start"), _file.path < arg("end"))
_tree = or_(_file.path == arg("itself"), _below)

_at = hot(
    lambda db: select(_file.path, _file.digest, _file.size, _file.modified).where(
        db.among(_file.path, "paths")
    )
)
_any_below = hot(select(_file.path).where(_below).limit(1))
_scan = hot(select(_file.path, _file.size).where(_below).order_by(_file.path).limit(arg("most")))
_files_of_tree = hot(select(_file.path, _file.digest, _file.size).where(_tree))
_size_of_tree = hot(select(func.count(), func.sum(_file.size)).where(_tree))
_copy_tree = hot(
    insert(artifact_files)
    .from_select(
        ["path", "digest", "size", "modified"],
        select(
            cast(arg("new_root"), Text) + func.substr(_file.path, cast(arg("rest"), Integer)),
            _file.digest,
            _file.size,
            cast(arg("now"), BigInteger),
        ).where(_tree),
    )
    .on_conflict_do_nothing()
)
_delete_tree = hot(delete(artifact_files).where(_tree))
_new_file = insert(artifact_files)
_put = hot(
    _new_file.on_conflict_do_update(
        index_elements=["path"],
        set_={c: _new_file.excluded[c] for c in ("digest", "size", "modified")},
    )
)

_keep_text = hot(insert(model_texts).on_conflict_do_nothing())

_owners = (
    select(
        sealed.c.path,
        sealed.c.version_pk,
        sealed.c.growing,
        registered_models.c.name,
        model_versions.c.version,
    )
    .join(model_versions, model_versions.c.pk == sealed.c.version_pk)
    .join(registered_models, registered_models.c.pk == model_versions.c.model_pk)
)
_seals_at = hot(lambda db: _owners.where(db.among(sealed.c.path, "paths")))
_seals_below = hot(_owners.where(sealed.c.path >= arg("start"), sealed.c.path < arg("end")))
_seal = hot(insert(sealed).on_conflict_do_nothing())

_frozen = version_files.c
_freeze = hot(insert(version_files))
_manifest = hot(
    select(_frozen.path, _frozen.digest, _frozen.size)
    .where(_frozen.version_pk == arg("version"))
    .order_by(_frozen.path)
)
_find_version = hot(
    select(model_versions.c.pk)
    .join(registered_models, registered_models.c.pk == model_versions.c.model_pk)
    .where(registered_models.c.name == arg("model"), model_versions.c.version == arg("number"))
)
_hold_version = hot(
    select(model_versions.c.digest, model_versions.c.stage)
    .where(model_versions.c.pk == arg("held"))
    .with_for_update()
)
_set_digest = hot(
    update(model_versions)
    .where(model_versions.c.pk == arg("held"))
    .values(digest=arg("new_digest"), updated=arg("now"))
)
_run_root = hot(select(runs.c.artifact_uri).where(runs.c.run_id == arg("id")))
_model_root = hot(
    select(logged_models.c.artifact_uri).where(
        logged_models.c.model_id == arg("id"), logged_models.c.lifecycle == "active"
    )
)
_named_in = hot(
    lambda db: union_all(
        select(runs.c.run_id, runs.c.artifact_uri).where(db.among(runs.c.run_id, "parts")),
        select(logged_models.c.model_id, logged_models.c.artifact_uri).where(
            db.among(logged_models.c.model_id, "parts")
        ),
    )
)
_location = hot(
    select(experiments.c.id).where(experiments.c.artifact_location == arg("place")).limit(1)
)


# ---------------------------------------------------------------- listing and finding


def list_stored_artifacts(tx: Tx, op: ListStoredArtifacts) -> ArtifactPage:
    """List one directory of the artifact store."""
    return ArtifactPage(files=_children(tx, artifact_directory(op.path)))


def list_artifacts(tx: Tx, op: ListArtifacts) -> ArtifactPage:
    """List one directory of a run."""
    root = tx.value(_run_root, id=op.run_id)
    if root is None:
        raise NotFound(run_missing(op.run_id))
    return _list_below(tx, root, artifact_directory(op.path))


def list_logged_model_artifacts(tx: Tx, op: ListLoggedModelArtifacts) -> ArtifactPage:
    """List one directory of a logged model."""
    root = tx.value(_model_root, id=op.model_id)
    if root is None:
        raise NotFound(logged_model_missing(op.model_id))
    return _list_below(tx, root, artifact_directory(op.artifact_directory_path))


def _list_below(tx: Tx, root_uri: str, directory: str) -> ArtifactPage:
    root = proxy_path(root_uri)
    if root is None:  # files elsewhere are the client's to list
        return ArtifactPage(root_uri=root_uri)
    files = _children(tx, "/".join(filter(None, (root, directory))))
    if directory:
        files = [FileInfo(f"{directory}/{f.path}", f.is_dir, f.file_size) for f in files]
    return ArtifactPage(root_uri=root_uri, files=files)


def _children(tx: Tx, directory: str) -> list[FileInfo]:
    """Read the names in a directory without reading what lies in its subdirectories.

    Paths are read in order, a batch at a time; after a subdirectory's first file the next batch
    starts behind the subdirectory. Batches grow while they bring names.
    """
    found: list[FileInfo] = []
    prefix = f"{directory}/" if directory else ""
    start, end = span_below(directory)
    most = SCAN
    while True:
        rows = tx.all(_scan, start=start, end=end, most=most)
        known = len(found)
        for path, size in rows:
            if path < start:
                continue
            name, inside, _ = path[len(prefix) :].partition("/")
            found.append(FileInfo(name, is_dir=bool(inside), file_size=None if inside else size))
            start = prefix + name + ("0" if inside else "\x01")
        if len(rows) < most:
            return sorted(found, key=lambda f: f.path)
        most = min(2 * most, MAX_SCAN) if len(found) - known > most // 4 else SCAN


def span_below(directory: str) -> tuple[str, str]:
    """Return the first path that may lie below a directory, and the first behind it."""
    # "0" is the character after "/".
    return (f"{directory}/", f"{directory}0") if directory else ("", "\U0010ffff")


def find_artifact(tx: Tx, op: FindArtifact) -> StoredFile:
    """Find the stored file at a path."""
    row = tx.first(_at, paths=tx.listed([op.path]))
    if row:
        return StoredFile(path=row[0], digest=row[1], size=row[2], modified=row[3])
    if _first_below(tx, op.path):
        raise InvalidParameter(
            f"{shown(op.path)} is a directory: list it, and get its files one by one."
        )
    raise NotFound(artifact_missing(op.path))


def _first_below(tx: Tx, directory: str) -> str | None:
    start, end = span_below(directory)
    path: str | None = tx.value(_any_below, start=start, end=end)
    return path


# ---------------------------------------------------------------- changing


def announce_artifact(tx: Tx, op: AnnounceArtifact) -> Empty:
    """Say that nothing speaks against a file at the path; rights were looked at before."""
    _require_home(tx, op.path)
    return Empty()


def put_artifact(tx: Tx, op: PutArtifact) -> Empty:
    """Make stored bytes visible at a path; the same bytes again change nothing."""
    tx.database.lock(tx.cursor, "artifacts", shared=True)
    if op.text:
        tx.bulk(_keep_text, [(op.digest, op.text)])
    line = _ancestry(op.path)
    there = {row[0]: row[1] for row in tx.all(_at, paths=tx.listed(line))}
    old = there.pop(op.path, None)
    if old == op.digest:
        return Empty()
    _require_home(tx, op.path)
    growing = _writable(tx, op.path, line, exists=old is not None)
    if there:
        raise InvalidParameter(
            f"{shown(op.path)} cannot be stored: {shown(min(there))} is a file, not a directory."
        )
    if old is None and _first_below(tx, op.path):
        raise InvalidParameter(
            f"{shown(op.path)} cannot be stored as a file: it is a directory with files."
        )
    tx.run(_put, path=op.path, digest=op.digest, size=op.size, modified=tx.now)
    for seal in growing:
        _grow(tx, seal, op)
    return Empty()


def _require_home(tx: Tx, path: str) -> None:
    """Refuse a path that only looks like a run's: below another experiment than the run's.

    Nobody would find the file: the run's list has what lies below its own root. Another run's id
    further down, in a folder of results, is a name like any other.

    Raises:
        InvalidParameter: says where to ask for the right place.
    """
    parts = path.split("/")
    line = _ancestry(path)
    found = [(thing, proxy_path(uri)) for thing, uri in tx.all(_named_in, parts=tx.listed(parts))]
    if not found or any(root in line for _, root in found):
        return
    for thing, _ in found:
        place = parts.index(thing)
        above = parts[:place]
        above = above[:-1] if above[-1:] == ["models"] else above
        if tx.first(_location, place=f"{PROXY}/{'/'.join(above)}"):
            raise InvalidParameter(
                f"{shown(path)} is not among the artifacts of {plain(thing)}, which are kept "
                "elsewhere: upload below its artifact_uri, which runs/get or logged-models/<id> "
                "answers with."
            )


def _ancestry(path: str) -> list[str]:
    """Return a path and every directory that it lies in."""
    parts = path.split("/")
    return ["/".join(parts[: n + 1]) for n in range(len(parts))]


def _writable(tx: Tx, path: str, line: list[str], *, exists: bool) -> list[tuple[Any, ...]]:
    """Return the growing seals that a new file lies under; refuse what would change a version."""
    seals = tx.all(_seals_at, paths=tx.listed(line))
    for seal in seals:
        _, _, growing, name, version = seal
        if exists or not growing:
            raise Conflict(
                f"{shown(path)} belongs to {named_version(tx, name, version)}, whose files "
                "can never be changed: log the file under another path and register a new version."
            )
    return seals


def named_version(tx: Tx, name: str, version: int) -> str:
    """Name a version, unless the actor may not know of it."""
    if access.level_by_name(tx, name) < Level.READ:
        return "a version of a registered model that you cannot see"
    return f"version {version} of model {shown(name)}"


def require_unreviewed(tx: Tx, name: str, version: int, stage: str, path: str) -> None:
    """Refuse a file of a version that is in a stage to which versions come by review.

    Raises:
        Conflict: the version is in such a stage.
    """
    if stage_named(policy_of(tx, name), stage).review is not None:
        raise Conflict(
            f"{shown(path)} belongs to {named_version(tx, name, version)}, which is in a stage "
            "that takes versions by review, and gets no more files there: log the file under "
            "another path and register a new version."
        )


def _grow(tx: Tx, seal: tuple[Any, ...], op: PutArtifact) -> None:
    """Append a file to a version that was registered before its files were uploaded.

    Raises:
        Conflict: it is where it came by review, which was of the files that it had.
    """
    root, version_pk, _, name, version = seal
    before, stage = tx.first(_hold_version, held=version_pk) or ("", "")
    require_unreviewed(tx, name, version, stage, op.path)
    path = _relative(op.path, root)
    tx.bulk(_freeze, [(version_pk, path, op.digest, op.size)])
    digest = manifest_digest(files_of_version(tx, version_pk))
    tx.run(_set_digest, held=version_pk, new_digest=digest, now=tx.now)
    tx.record(
        "version.file_added",
        f"version:{name}/{version}",
        before={"digest": before},
        after={"digest": digest, "path": path, "sha256": op.digest},
    )


def _relative(path: str, root: str) -> str:
    """Return a path below ``root``; a root that is itself a file keeps its base name."""
    return path[len(root) + 1 :] if path != root else path.rpartition("/")[2]


def delete_artifact(tx: Tx, op: DeleteArtifact) -> Empty:
    """Remove a file or a tree; a missing one is not an error."""
    tx.database.lock(tx.cursor, "artifacts")
    start, end = span_below(op.path)
    seals = tx.all(_seals_at, paths=tx.listed(_ancestry(op.path)))
    seals += tx.all(_seals_below, start=start, end=end)
    for root, _, _, name, version in seals:
        # Of the version's root and the path to delete, one lies in the other.
        itself = max(root, op.path, key=len)
        below, behind = span_below(itself)
        if tx.first(_files_of_tree, itself=itself, start=below, end=behind):
            raise Conflict(
                f"{shown(op.path)} holds files of {named_version(tx, name, version)}, which "
                "can never be deleted while the version exists: delete the version first."
            )
    tx.run(_delete_tree, itself=op.path, start=start, end=end)
    return Empty()


def tree_size(tx: Tx, root: str) -> tuple[int, int]:
    """Return how many files lie at a path or below, and their bytes."""
    start, end = span_below(root)
    count, size = tx.first(_size_of_tree, itself=root, start=start, end=end) or (0, 0)
    return count, int(size or 0)


def copy_tree(tx: Tx, root: str, new_root: str) -> None:
    """Name the files at a path and below at another path, too; the bytes are there once."""
    tx.database.lock(tx.cursor, "artifacts")
    start, end = span_below(root)
    tx.run(
        _copy_tree,
        itself=root,
        start=start,
        end=end,
        new_root=new_root,
        rest=len(root) + 1,
        now=tx.now,
    )


def drop_tree(tx: Tx, root: str) -> None:
    """Remove the names of the files at a path and below; no version may have them."""
    start, end = span_below(root)
    tx.run(_delete_tree, itself=root, start=start, end=end)


def sealed_near(tx: Tx, root: str) -> tuple[str, int] | None:
    """Return a model and a version whose files lie at a path, below it or around it."""
    start, end = span_below(root)
    seals = tx.all(_seals_at, paths=tx.listed(_ancestry(root)))
    seals += tx.all(_seals_below, start=start, end=end)
    return (seals[0][3], seals[0][4]) if seals else None


# ---------------------------------------------------------------- versions


def freeze(tx: Tx, version_pk: int, prefix: str) -> str:
    """Copy what lies at ``prefix`` into a version's manifest and seal it, for good.

    Args:
        tx: the transaction that registers the version.
        version_pk: the version's row.
        prefix: path of the version's root in the artifact store (a directory or one file).

    Returns:
        The version's digest; empty when there are no files yet, which may then still be added.
    """
    if not prefix:
        return ""
    tx.database.lock(tx.cursor, "artifacts")
    start, end = span_below(prefix)
    files = [
        StoredFile(path=_relative(path, prefix), digest=digest, size=size)
        for path, digest, size in tx.all(_files_of_tree, itself=prefix, start=start, end=end)
    ]
    tx.bulk(_freeze, [(version_pk, f.path, f.digest, f.size) for f in files])
    tx.run(_seal, path=prefix, version_pk=version_pk, growing=int(not files))
    frozen = manifest_digest(files)
    tx.run(_set_digest, held=version_pk, new_digest=frozen, now=tx.now)
    return frozen


def keep_files(
    tx: Tx,
    version_pk: int,
    name: str,
    version: int,
    files: list[StoredFile],
    texts: dict[str, str],
) -> None:
    """Give a version that has none its files, which were found where clients write."""
    tx.bulk(_keep_text, list(texts.items()))
    tx.bulk(_freeze, [(version_pk, f.path, f.digest, f.size) for f in files])
    digest = manifest_digest(files)
    tx.run(_set_digest, held=version_pk, new_digest=digest, now=tx.now)
    tx.record(
        "version.files_kept",
        f"version:{name}/{version}",
        before={"digest": ""},
        after={"digest": digest},
        details={"files": len(files)},
    )


def get_version_manifest(tx: Tx, op: GetVersionManifest) -> StoredFiles:
    """Read the files of a version, in the order of their paths."""
    version_pk = tx.value(_find_version, model=op.name, number=version_number(op.version))
    if version_pk is None:
        raise NotFound(version_missing(op.name, op.version))
    return StoredFiles(files_of_version(tx, version_pk))


def files_of_version(tx: Tx, version_pk: int) -> list[StoredFile]:
    """Return a version's manifest, in the order of the paths."""
    rows = tx.all(_manifest, version=version_pk)
    return [StoredFile(path=path, digest=digest, size=size) for path, digest, size in rows]
