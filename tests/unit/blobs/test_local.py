"""Blobs on a local disk."""

from __future__ import annotations

import errno
import hashlib
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from cuvee.blobs import Blobs
from cuvee.blobs.local import LocalBlobs
from cuvee.errors import InvalidParameter, StorageFull


@pytest.fixture
def blobs(tmp_path: Path) -> LocalBlobs:
    return LocalBlobs(tmp_path / "deep" / "art")


def files(root: Path) -> list[Path]:
    """Return all files but the lock by which those who store and those who remove take turns."""
    return [path for path in root.rglob("*") if path.is_file() and path.name != "turn.lock"]


def test_local_blobs_are_blobs(blobs: LocalBlobs) -> None:
    store: Blobs = blobs
    assert store.put([]) == (hashlib.sha256().hexdigest(), 0)


def test_what_is_read_back_is_what_was_written(blobs: LocalBlobs) -> None:
    data = os.urandom(100_000)

    digest, size = blobs.put([data[:1], data[1:70_000], b"", data[70_000:]])

    assert (digest, size) == (hashlib.sha256(data).hexdigest(), len(data))
    assert blobs.path(digest).read_bytes() == data
    assert blobs.size(digest) == size
    assert blobs.size("0" * 64) is None


def test_the_same_bytes_are_stored_once(blobs: LocalBlobs) -> None:
    first = blobs.put([b"same"])
    inode = blobs.path(first[0]).stat().st_ino

    assert blobs.put([b"sa", b"me"]) == first
    assert blobs.path(first[0]).stat().st_ino == inode
    assert files(blobs.root) == [blobs.path(first[0])]


def test_a_blob_that_was_cut_short_is_replaced(blobs: LocalBlobs) -> None:
    digest, _ = blobs.put([b"whole"])
    blobs.path(digest).chmod(0o600)
    blobs.path(digest).write_bytes(b"who")

    blobs.put([b"whole"])
    assert blobs.path(digest).read_bytes() == b"whole"


def test_bytes_are_visible_whole_and_durable_or_not_at_all(
    blobs: LocalBlobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload = blobs.begin()
    upload.write(b"half")
    assert files(blobs.blobs) == []
    done: list[str] = []
    sync = os.fsync

    def noted(fd: int) -> None:
        target = Path(f"/proc/self/fd/{fd}").readlink()
        shown = f"{target.parent.name}/{target.name}"
        done.append("file" if target.parent == blobs.tmp else shown)
        done.append(f"visible {len(files(blobs.blobs))}")
        sync(fd)

    monkeypatch.setattr(os, "fsync", noted)
    digest, _ = upload.commit()

    assert done == ["file", "visible 0", f"blobs/{digest[:2]}", "visible 1"]


def test_what_was_aborted_leaves_nothing(blobs: LocalBlobs) -> None:
    upload = blobs.begin()
    upload.write(b"x" * 1000)
    upload.abort()
    upload.abort()

    assert files(blobs.root) == []
    with pytest.raises(InvalidParameter):
        upload.write(b"more")
    with pytest.raises(InvalidParameter):
        upload.commit()
    assert files(blobs.root) == []


def test_an_abort_after_the_commit_does_nothing(blobs: LocalBlobs) -> None:
    upload = blobs.begin()
    upload.write(b"kept")
    digest, _ = upload.commit()
    upload.abort()

    assert blobs.path(digest).read_bytes() == b"kept"


def test_a_source_that_fails_leaves_nothing(blobs: LocalBlobs) -> None:
    def source() -> Iterator[bytes]:
        yield b"some"
        raise ConnectionError

    with pytest.raises(ConnectionError):
        blobs.put(source())
    assert files(blobs.root) == []


@pytest.mark.parametrize("name", ["md5", "sha256", "sha512"])
def test_an_announced_digest_must_be_met(blobs: LocalBlobs, name: str) -> None:
    right = hashlib.new(name, b"data", usedforsecurity=False).digest()
    extra = [name] if name != "sha256" else []
    upload = blobs.begin(extra)
    upload.write(b"data")
    with pytest.raises(InvalidParameter, match=f"{name} {right.hex()}"):
        upload.commit({name: bytes(len(right))})
    assert files(blobs.root) == []

    upload = blobs.begin(extra)
    upload.write(b"data")
    assert upload.commit({name: right})[1] == 4


@pytest.mark.parametrize(("owner", "call"), [(os, "write"), (os, "fsync"), (Path, "rename")])
@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_is_said_and_leaves_nothing(
    blobs: LocalBlobs, monkeypatch: pytest.MonkeyPatch, owner: object, call: str, number: int
) -> None:
    def full(*_: object) -> int:
        raise OSError(number, "full")

    with monkeypatch.context() as patch:
        patch.setattr(owner, call, full)
        with pytest.raises(StorageFull):
            blobs.put([b"x"])
    assert files(blobs.root) == []
    blobs.put([b"x"])


def test_other_trouble_with_the_disk_is_not_called_full(
    blobs: LocalBlobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: int) -> None:
        raise OSError(errno.EIO, "broken")

    monkeypatch.setattr(os, "fsync", broken)
    with pytest.raises(OSError, match="broken"):
        blobs.put([b"x"])
    assert files(blobs.root) == []


def test_only_the_owner_can_read_what_is_stored(blobs: LocalBlobs) -> None:
    digest, _ = blobs.put([b"secret"])

    for path in (blobs.root, *blobs.root.rglob("*")):
        assert path.stat().st_mode & 0o077 == 0, path
    assert blobs.path(digest).stat().st_mode & 0o777 == 0o400


def test_leftovers_of_dead_processes_go_and_those_of_living_ones_stay(blobs: LocalBlobs) -> None:
    upload = blobs.begin()
    upload.write(b"alive")
    code = (
        "import os, sys, pathlib; from cuvee.blobs.local import LocalBlobs;"
        "u = LocalBlobs(pathlib.Path(sys.argv[1])).begin(); u.write(b'dead'); os._exit(0)"
    )
    subprocess.run([sys.executable, "-c", code, str(blobs.root)], check=True, timeout=60)
    old = blobs.tmp / "otherhost-1-old"
    old.touch()
    os.utime(old, (time.time() - 2 * 86400,) * 2)
    new = blobs.tmp / "otherhost-1-new"
    new.touch()
    assert len(files(blobs.tmp)) == 4

    LocalBlobs(blobs.root)

    left = files(blobs.tmp)
    assert new in left
    assert len(left) == 2
    digest, _ = upload.commit()
    assert blobs.path(digest).read_bytes() == b"alive"


def test_many_writers_of_the_same_and_of_other_bytes_do_not_disturb_each_other(
    blobs: LocalBlobs,
) -> None:
    contents = [bytes([n]) * 50_000 for n in range(4)] * 4
    found: list[tuple[str, int]] = []
    threads = [
        threading.Thread(target=lambda data=data: found.append(blobs.put([data])))
        for data in contents
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(found) == 16
    assert {blobs.path(digest).read_bytes() for digest, _ in found} == set(contents)
    assert len(files(blobs.root)) == 4


@pytest.mark.parametrize(
    "digest", ["", "../x", "A" * 64, "a" * 63, "a" * 64 + "\n", "/" + "a" * 63]
)
def test_only_a_digest_names_a_file(blobs: LocalBlobs, digest: str) -> None:
    with pytest.raises(InvalidParameter):
        blobs.path(digest)
