"""Ctrl-C ends what waits, also when it comes twice, as ``timeout -s INT`` sends it."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from refusals.served import Site


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("interrupted")
    found = Site(f"sqlite:///{folder}/cuvee.db", folder)
    yield found
    found.close()


@pytest.mark.parametrize("gap", [0.0, 0.001, 0.005, 0.02])
def test_a_second_interrupt_does_not_break_the_end(site: Site, tmp_path: Path, gap: float) -> None:
    uri = f"http://127.0.0.1:{site.port}"
    command = [sys.executable, "-u", "-m", "cuvee", "events", "--follow", "--since", "0"]
    with subprocess.Popen(
        [*command, "--tracking-uri", uri],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as follower:
        try:
            assert follower.stdout
            first = follower.stdout.readline()
            follower.send_signal(signal.SIGINT)
            time.sleep(gap)
            follower.send_signal(signal.SIGINT)
            rest, _ = follower.communicate(timeout=20)
        finally:
            follower.kill()
    assert (follower.returncode, "log.key_added" in first) == (0, True), (first, rest)
    assert "Traceback" not in rest
    assert "Interrupt" not in rest
