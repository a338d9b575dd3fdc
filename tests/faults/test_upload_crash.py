"""A server that dies while it gives an upload its name, in a directory that clients write to."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from cuvee.server.reading import PART
from refusals.served import API, Site

DIES = """
import os, signal, sys
from pathlib import Path
from cuvee.server import writing
from cuvee.server.reading import Outside

root, call, nameless = Path(sys.argv[1]), sys.argv[2], sys.argv[3] == "True"
if not nameless:
    writing.NAMELESS = 0
setattr(os, call, lambda *a, **k: os.kill(os.getpid(), signal.SIGKILL))
upload = writing.OutsideUpload(Outside(root), (root / "0" / "r").as_uri(), "d/f")
upload.write(b"new")
upload.commit()
"""


def die(root: Path, call: str, *, nameless: bool = True) -> list[str]:
    """Upload ``d/f`` in a process that is killed at a call; return what its directory has."""
    command = [sys.executable, "-c", DIES, str(root), call, str(nameless)]
    assert subprocess.run(command, timeout=60, check=False).returncode == -signal.SIGKILL
    return sorted(path.name for path in (root / "0" / "r" / "d").iterdir())


def test_a_new_file_is_there_wholly_or_not_at_all(tmp_path: Path) -> None:
    (tmp_path / "0" / "r" / "d").mkdir(parents=True)
    assert die(tmp_path, "fsync") == []
    assert die(tmp_path, "link") == []


@pytest.mark.parametrize("nameless", [True, False])
def test_a_replaced_file_is_what_it_was_and_its_part_is_swept(
    tmp_path: Path, nameless: bool
) -> None:
    root = tmp_path / "root"
    place = root / "0" / "r" / "d"
    place.mkdir(parents=True)
    (place / "f").write_bytes(b"old")
    left, kept = die(root, "rename", nameless=nameless)
    assert PART.fullmatch(left)
    assert kept == "f"
    assert (place / "f").read_bytes() == b"old"

    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    names = [f".cuvee-{digit * 32}.part" for digit in "0123456"]
    young, link, folder, upper, other, behind, inside = names
    for path in (place / young, elsewhere / behind, elsewhere / "target", root / "0" / inside):
        path.write_bytes(b"x")
    (place / link).symlink_to(elsewhere / "target")
    (place / folder).mkdir()
    (place / "up").symlink_to(elsewhere)
    for name in (upper.upper(), f"{other}.txt", f"x{other}", ".cuvee-0.part"):
        (place / name).write_bytes(b"x")
    for path in (*place.iterdir(), *elsewhere.iterdir(), root / "0" / inside):
        if path.name != young:
            os.utime(path, (1, 1), follow_symlinks=False)
    before = set(tmp_path.rglob("*"))
    site = Site(f"sqlite:///{tmp_path}/c.db", tmp_path, "--default-artifact-root", str(root))
    try:
        end = time.monotonic() + 60
        while (place / left).exists() or (root / "0" / inside).exists():
            assert time.monotonic() < end, "waited in vain"
            time.sleep(0.1)
        assert site.send("POST", API + "runs/search", {}).status == 200
    finally:
        site.close()
    assert before - set(tmp_path.rglob("*")) == {place / left, root / "0" / inside}
    assert (place / "f").read_bytes() == b"old"
