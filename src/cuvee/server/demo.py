"""Demo data: a process that tells the wine story to this server, as a client like any other."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
from typing import Any

from cuvee.api.base import Actor, Op, Store
from cuvee.api.demo import DemoData
from cuvee.api.tokens import CreateToken, RevokeToken
from cuvee.errors import Conflict, Unavailable

TIMEOUT = 300
"""Seconds after which the story is given up; it takes some ten."""


class DemoLoader:
    """Loads demo data, once at a time.

    A process of its own does it: fitting models loads libraries that a server has no use for.

    Args:
        store: says whether it may be done; gives the process a token.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._loading = threading.Lock()
        self._process: subprocess.Popen[str] | None = None
        self.address = ""
        """Where this machine reaches the server; known once it listens."""

    def load(self, op: Op[Any], actor: Actor) -> DemoData:
        """Load them for somebody, and wait until they are there.

        Raises:
            Conflict: they are there, or on their way.
            Unavailable: the story failed; says how.
        """
        self._store.do(op, actor)
        if not self._loading.acquire(blocking=False):
            raise Conflict("The demo data are being loaded already: wait some seconds.")
        try:
            self._tell(actor)
        finally:
            self._loading.release()
        return DemoData()

    def _tell(self, actor: Actor) -> None:
        settings = {
            name: text
            for name, text in os.environ.items()
            if not name.startswith(("CUVEE_", "MLFLOW_"))
        }
        settings["CUVEE_MODE"] = "sync"  # no sender that outlives it
        if actor.user is None:
            if actor.via == "basic":
                settings |= {"CUVEE_TRACKING_USERNAME": actor.name, "CUVEE_TRACKING_PASSWORD": "-"}
            self._run(settings)
            return
        given = self._store.do(CreateToken(name="demo data", lifetime_days=1), actor)
        try:
            self._run({**settings, "CUVEE_TRACKING_TOKEN": given.secret})
        finally:
            self._store.do(
                RevokeToken(token_id=given.token.token_id, comment="the loading is over"), actor
            )

    def _run(self, settings: dict[str, str]) -> None:
        command = [sys.executable, "-m", "cuvee", "demo", "--into", self.address]
        with tempfile.TemporaryDirectory(prefix="cuvee-demo-") as folder:
            self._process = subprocess.Popen(  # noqa: S603 - our own command
                command,
                cwd=folder,
                env=settings,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                text=True,
            )
            try:
                _, said = self._process.communicate(timeout=TIMEOUT)
            except subprocess.TimeoutExpired:
                said = f"it took more than {TIMEOUT} s"
            finally:
                status = self._process.poll()
                self.close()
        if status != 0:
            last = (said.strip().splitlines() or ["it ended without a word"])[-1]
            raise Unavailable(f"The demo data were not loaded: {last.removeprefix('Error: ')}")

    def close(self) -> None:
        """End what is under way."""
        if self._process is not None and self._process.poll() is None:
            self._process.kill()
            self._process.wait()
