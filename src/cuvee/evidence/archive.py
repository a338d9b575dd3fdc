"""A pack as a zip file: the same files give the same bytes."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable
from pathlib import Path

from msgspec import Struct

from cuvee.api.evidence import Evidence, EvidenceMember, Gap
from cuvee.log import verifier

_WHEN = (1980, 1, 1, 0, 0, 0)
_UNIX = 3
_FILE = 0o100644 << 16


class Written(Struct, frozen=True, kw_only=True):
    """A pack that was written: where, of what, its files, and what is missing."""

    path: str
    name: str
    version: str
    digest: str
    members: list[str]
    missing: list[Gap]


def summary(found: Evidence, path: Path) -> Written:
    """Return what is to be said about a pack that was written to ``path``."""
    return Written(
        path=str(path),
        name=found.name,
        version=found.version,
        digest=found.digest,
        members=[member.path for member in found.members],
        missing=found.missing,
    )


def write(path: Path, members: Iterable[EvidenceMember]) -> None:
    """Write an archive, wholly or not at all.

    Args:
        path: the file; one that is there is replaced.
        members: what goes into it.
    """
    part = path.with_name(f".{path.name}.part")
    try:
        # Stored, because what a compressor makes depends on its version.
        with zipfile.ZipFile(part, "w", zipfile.ZIP_STORED) as archive:
            for member in sorted(members, key=lambda m: m.path):
                info = zipfile.ZipInfo(member.path, _WHEN)
                info.create_system = _UNIX
                info.external_attr = _FILE
                archive.writestr(info, member.text.encode())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


class Verified(Struct, frozen=True, kw_only=True):
    """What came of checking a pack.

    Args:
        problems: what is wrong; empty when the pack holds.
        of: of what version it is.
        entries: how many events are in it; ``checkpoint`` is the log's size that proves them.
        keys: the keys that signed the log, the one in use last.
    """

    problems: list[str]
    of: str = ""
    entries: int = 0
    checkpoint: int = 0
    keys: list[str] = []


def verify(path: Path, key: str | None = None) -> Verified:
    """Check a pack's signature, files and proofs; needs neither server nor network.

    Args:
        path: the archive.
        key: the log's key, as it is known from elsewhere; without it the pack's own word counts.
    """
    try:
        bundle = verifier.Bundle(str(path))
    except Exception as problem:  # noqa: BLE001  # what is no pack may go wrong anyhow
        why = f"{type(problem).__name__}: {problem}"
        return Verified(problems=[f"it cannot be read as an evidence pack ({why})"])
    keys = [known for _, known in bundle.keys.chain]
    problems = list(bundle.problems)
    if not bundle.pack and not problems:
        problems.append("it is no evidence pack: it has no MANIFEST")
    if key is not None and key not in keys:
        problems.append(f"the key {key} has not signed it")
    return Verified(
        problems=problems,
        of=bundle.pack.removeprefix("version "),
        entries=bundle.entries,
        checkpoint=bundle.last,
        keys=keys,
    )


def file_name(found: Evidence) -> str:
    """Return the name that a pack's file has when nobody gives one."""
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", found.name).strip(".-") or "model"
    return f"{name}-{found.version}-evidence.zip"
