"""Somebody who reads a page of the documentation and does what it says, from top to bottom."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from clients.pages import Block, Person, link_program, snippets
from clients.processes import QUIET, free_port
from faults.test_client_outages import senders

SESSION = """
import sys, traceback
names = {"__name__": "__main__"}
for line in sys.stdin:
    with open(line.strip(), encoding="utf-8") as file:
        code = file.read()
    try:
        exec(compile(code, line.strip(), "exec"), names)
        ended = "done"
    except BaseException:
        traceback.print_exc(file=sys.stdout)
        ended = "failed"
    print(f"\\n[{ended}]", flush=True)
"""
PASSWORD = "correct horse battery"
"""That of everyone."""


@dataclass(frozen=True)
class Scene:
    """What a page takes for granted.

    Args:
        before: Python that runs first, in the session of the page's Python blocks.
        commands: shell commands that run first.
        put: what stands in the place of what a page leaves to its reader (ids, names of hosts).
        without: commands that are not run, by how they begin, beside those of ``NEVER``.
        options: further options of the server.
    """

    before: str = ""
    commands: str = ""
    put: dict[str, str] = field(default_factory=dict)
    without: tuple[str, ...] = ()
    options: str = ""


# Installations, servers in the foreground, and what tells the whole story in minutes: .ci/run and
# tests of their own do these.
NEVER = ("make ", "CUVEE_DEMO_DATA=", "pip install", "cuvee server")


class Reader:
    """A computer with a server on it, a shell, and a session of Python.

    Args:
        folder: where everything lies.
        scene: what the page takes for granted.
        path: folders of programs before those of the tests.
    """

    def __init__(self, folder: Path, scene: Scene, path: list[Path]) -> None:
        self.folder, self.scene, self.port = folder, scene, free_port()
        link_program(folder / "bin", "cuvee", "-m", "cuvee")
        link_program(folder / "tools", "python")
        environment = {**QUIET, "COLUMNS": "200", "CUVEE_QUIET": "1"}
        if "PYTHONPATH" in os.environ:
            environment["PYTHONPATH"] = os.environ["PYTHONPATH"]
        home = folder / "home"
        self.person = Person(home, [folder / "bin", *path, folder / "tools"], environment)
        self.log = folder / "server.log"
        with self.log.open("wb") as log:
            self.server = subprocess.Popen(
                [
                    *(sys.executable, "-m", "cuvee", "server", "--port", str(self.port)),
                    *scene.options.split(),
                ],
                cwd=home,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        self.session: subprocess.Popen[str] | None = None
        self.blocks = 0

    def wait(self) -> None:
        """Return when the server has printed its address."""
        end = time.monotonic() + 60
        while time.monotonic() < end and "http://127.0.0.1" not in self.log.read_text("utf-8"):
            assert self.server.poll() is None, self.log.read_text("utf-8")
            time.sleep(0.05)

    def read(self, page: str) -> None:
        """Do what a page says.

        Raises:
            AssertionError: a block failed, or did not say what the page shows.
        """
        if self.scene.before:
            self.python(self.here(self.scene.before))
        if self.scene.commands:
            self.shell(self.here(self.scene.commands))
        for language, who, text in snippets(page):
            match language:
                case "sh" | "bash":
                    self.shell(self.here(self.kept(text)), who=who)
                case "python":
                    self.python(self.here(text))
                case "console":
                    self.console(text, who)
                case "json":
                    json.loads(text)
                case "yaml":
                    self.document(text)

    def here(self, text: str) -> str:
        """Return a text with the place of this server, and with what a reader fills in."""
        for old, new in self.scene.put.items():
            text = text.replace(old, new)
        return re.sub(r"\b(127\.0\.0\.1|localhost):5000\b", f"127.0.0.1:{self.port}", text)

    def kept(self, text: str) -> str:
        """Return the commands of a text that are run."""
        left_out = (*NEVER, *self.scene.without)
        commands = text.replace("\\\n", "\\\0").splitlines()
        found = [c for c in commands if not c.lstrip("$ ").startswith(left_out)]
        return "\n".join(found).replace("\0", "\n")

    def shell(self, text: str, said: Sequence[str] = (), who: str = "") -> None:
        """Run commands, of which a page shows what they say; ``who`` logs in for that long."""
        fails = any(line.startswith("Error:") for line in said)
        if who:
            login = f"CUVEE_TRACKING_USERNAME={who} CUVEE_TRACKING_PASSWORD='{PASSWORD}'"
            text = f"(\nexport {login}\n{text}\n)"
        told = self.person.run(Block("sh", who or "reader", fails, text, list(said)))
        assert '"error_code"' not in told, f"{text}\nwas told:\n{told}"  # curl takes it for well

    def console(self, text: str, who: str) -> None:
        """Run the lines behind a ``$`` and look for what stands below them."""
        for part in re.split(r"^\$ ", self.here(text), flags=re.MULTILINE):
            command, _, said = part.partition("\n")
            if command.strip():
                self.shell(command, [s for s in said.splitlines() if s.strip()], who)

    def document(self, text: str) -> None:
        """Write a document to the file that its first line names, if it names one."""
        yaml.safe_load(text)
        named = re.match(r"# ([\w.-]+)\n", text)
        if named:
            (self.person.home / named[1]).write_text(text, encoding="utf-8")

    def python(self, text: str) -> None:
        """Run a block in the page's one session, so that names last from block to block."""
        self.blocks += 1
        path = self.person.home / f"block{self.blocks}.py"
        path.write_text(text, encoding="utf-8")
        session = self.session or self.start()
        assert session.stdin is not None
        assert session.stdout is not None
        session.stdin.write(f"{path}\n")
        session.stdin.flush()
        timer = threading.Timer(120, session.kill)
        timer.start()
        lines: list[str] = []
        for line in session.stdout:
            if line in ("[done]\n", "[failed]\n"):
                break
            lines.append(line)
        else:
            line = "[was cut off]\n"
        timer.cancel()
        assert line == "[done]\n", f"{text}\nended with {line}and said:\n{''.join(lines)}"

    def start(self) -> subprocess.Popen[str]:
        """Start the session, with the variables that the page has exported so far."""
        program = self.person.home / "session.py"
        program.write_text(SESSION, encoding="utf-8")
        self.session = subprocess.Popen(
            ["bash", "-c", ". ./.state; exec python -u session.py"],
            cwd=self.person.home,
            env=self.person.variables(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        return self.session

    def close(self) -> None:
        """End the session, and stop the server."""
        if self.session is not None:
            self.session.communicate(timeout=60)
        self.server.send_signal(signal.SIGTERM)
        self.server.wait(20)
        for pid in senders(self.folder):  # what is left in a journal has nowhere to go
            os.kill(pid, signal.SIGKILL)
