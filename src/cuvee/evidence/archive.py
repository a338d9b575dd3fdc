"""A pack as a zip file: the same files give the same bytes."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable
from pathlib import Path

from cuvee.api.evidence import EvidenceMember

_WHEN = (1980, 1, 1, 0, 0, 0)
_UNIX = 3
_FILE = 0o100644 << 16


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
