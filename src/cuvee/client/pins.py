"""Bytes compared with what was registered: nothing else is handed over under a version's name."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from cuvee.api.artifacts import StoredFile, manifest_digest
from cuvee.api.versions import GetVersionManifest
from cuvee.client.base import Calls
from cuvee.client.files import digest_of
from cuvee.errors import Conflict, EndpointNotFound, NotFound, NotImplementedHere


def manifest_of(calls: Calls, name: str, version: str, pinned: str = "") -> dict[str, StoredFile]:
    """Return a registered version's files by path; nothing when the server keeps no manifest.

    Args:
        calls: asks the server.
        name: the model.
        version: its version.
        pinned: digits that the version's digest must begin with; empty when it may be any.

    Raises:
        Conflict: the files are others than those that are pinned.
    """
    try:
        files = calls.do_registry(GetVersionManifest(name=name, version=version)).files
    except (EndpointNotFound, NotImplementedHere):
        files = []
    if pinned and not manifest_digest(files).startswith(pinned):
        raise Conflict(
            f"The files of version {version} of {name!r} do not have the digest sha256:{pinned} "
            "that was asked for, so they are not used: ask whoever keeps the registry."
        )
    return {file.path: file for file in files}


def part_of(files: Mapping[str, StoredFile], inside: str) -> dict[str, StoredFile]:
    """Return the files in a directory of a version, by their paths in it.

    A file that ``inside`` names itself has the path "".

    Raises:
        NotFound: there is none.
    """
    if not inside:
        return dict(files)
    if inside in files:
        return {"": files[inside]}
    start = f"{inside}/"
    found = {p.removeprefix(start): f for p, f in files.items() if p.startswith(start)}
    if not found:
        raise NotFound(f"The version has no file or directory {inside!r}.")
    return found


def check_bytes(local: Path, files: Mapping[str, StoredFile], what: str) -> None:
    """Refuse files that are not those of a manifest.

    Args:
        local: the directory, or the file, that was fetched.
        files: what was registered, by path below ``local``.
        what: the version, in words.

    Raises:
        Conflict: a file differs, or is missing.
    """
    for path, file in files.items():
        where = local / path if path else local
        if not where.is_file() or digest_of(where) != file.digest:
            raise Conflict(
                f"{path or local.name!r} of {what} is not the file that was registered (its "
                "sha256 differs), so it is not used: ask whoever keeps the artifact store."
            )
