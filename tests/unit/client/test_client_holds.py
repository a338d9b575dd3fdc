"""What holds a session: processes that may add to it, for as long as they live and no longer."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from cuvee.client.session import _locked, held


def test_a_session_is_held_by_a_process_until_it_is_killed(tmp_path: Path) -> None:
    assert not held(tmp_path)
    fd = _locked(tmp_path / "a.hold")
    assert held(tmp_path)
    with subprocess.Popen(["sleep", "60"], pass_fds=[fd]) as process:
        os.close(fd)
        assert held(tmp_path), "by the process that was started, from its beginning"
        process.kill()
        process.wait()
        assert not held(tmp_path)
    assert (tmp_path / "a.hold").exists(), "nobody was left to remove it"


def test_who_died_before_it_started_another_process_holds_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.hold").touch()
    assert not held(tmp_path)
    os.close(_locked(tmp_path / "b.hold"))
    assert not held(tmp_path)


def test_who_looks_whether_a_session_is_held_is_in_nobodys_way(tmp_path: Path) -> None:
    first = _locked(tmp_path / "a.hold")
    for _ in range(3):
        assert held(tmp_path)
    second = _locked(tmp_path / "b.hold")
    os.close(first)
    assert held(tmp_path)
    os.close(second)
    assert not held(tmp_path)
