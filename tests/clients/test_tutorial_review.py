"""The tutorial of a reviewed promotion, run as it stands on its page, by three people.

The server is a real one with logins; dana uses MLflow's client, rita the SDK of the workspace
registry, otto the command line.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from clients.environments import REPOSITORY, python_of
from clients.pages import Block, Person, blocks, link_program
from clients.processes import QUIET, free_port

PAGE = REPOSITORY / "docs" / "tutorial-review.md"
PEOPLE = ("admin", "dana", "rita", "otto", "ci", "auditor")


class Play:
    """The page's people, its server, and its files.

    Args:
        folder: where everything lies.
    """

    def __init__(self, folder: Path) -> None:
        self.port = str(free_port())
        self.folder = folder
        self.log = folder / "server.log"
        self.server: subprocess.Popen[bytes] | None = None
        link_program(folder / "bin", "cuvee", "-m", "cuvee")
        link_program(folder / "tools", "python")
        environment = {**QUIET, "COLUMNS": "400"}
        if "PYTHONPATH" in os.environ:
            source = f"PYTHONPATH='{os.environ['PYTHONPATH']}' "
            program = folder / "bin" / "cuvee"
            text = program.read_text(encoding="utf-8")
            program.write_text(text.replace("exec ", f"{source}exec "), encoding="utf-8")
        mlflow = Path(python_of("mlflow-3.17")).parent
        self.people = {
            name: Person(
                folder / name,
                [folder / "bin", mlflow if name in ("dana", "otto") else folder / "tools"],
                environment,
            )
            for name in PEOPLE
        }

    def run(self, block: Block) -> None:
        """Do what a block says."""
        block.text = block.text.replace("127.0.0.1:5000", f"127.0.0.1:{self.port}")
        block.said = [line.replace("127.0.0.1:5000", "127.0.0.1:...") for line in block.said]
        if block.who == "server":
            self.serve(block.text)
        elif "." in block.who:
            for person in self.people.values():
                (person.home / block.who).write_text(block.text, encoding="utf-8")
        else:
            if "cuvee_..." in block.text:
                block.text = block.text.replace("cuvee_...", self.token())
            self.people[block.who].run(block)

    def serve(self, command: str) -> None:
        """Start the server and wait for its address."""
        home = self.folder / "server"
        home.mkdir()
        path = f"{self.folder / 'bin'}:/usr/bin:/bin"
        command = command.replace("--port 5000", f"--port {self.port}")
        with self.log.open("wb") as log:
            self.server = subprocess.Popen(
                ["bash", "-c", f"exec {command}"],
                cwd=home,
                env={"PATH": path, "HOME": str(home)},
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        end = time.monotonic() + 60
        while time.monotonic() < end and "http://127.0.0.1" not in self.said():
            assert self.server.poll() is None, self.said()
            time.sleep(0.1)
        time.sleep(0.5)

    def said(self) -> str:
        """Return what the server has said."""
        return self.log.read_text(encoding="utf-8") if self.log.exists() else ""

    def token(self) -> str:
        """Return the token for the first admin, which the server has printed."""
        found = re.search(r"--token (cuvee_\S+)", self.said())
        assert found is not None, self.said()
        return found[1]

    def close(self) -> None:
        """Stop the server."""
        if self.server is not None:
            self.server.send_signal(signal.SIGTERM)
            self.server.wait(20)


@pytest.fixture(scope="module")
def play(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Play]:
    found = Play(tmp_path_factory.mktemp("tutorial"))
    yield found
    found.close()


@pytest.mark.clients
def test_the_tutorial_of_a_reviewed_promotion_does_what_it_says(play: Play) -> None:
    told = list(blocks(PAGE.read_text(encoding="utf-8")))
    assert {block.who for block in told} >= {"server", *PEOPLE}
    for block in told:
        play.run(block)
    assert "Traceback" not in play.said()
