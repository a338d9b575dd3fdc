"""What goes along with a run: its output, what it runs in, and how the program ends."""

from __future__ import annotations

import json
import sys
from contextlib import suppress
from typing import Any

from cuvee.client import output
from cuvee.client.context import source_directory
from cuvee.client.session import Session
from cuvee.settings import Settings

DRAIN = 1.0
"""Seconds that the end of a program waits for its output to be passed on."""


class Company:
    """Looks after the runs that one process has started.

    Args:
        session: the process's session.
        journal: the id of its journal.
        limit: bytes that may wait in a journal.
    """

    def __init__(self, session: Session, journal: str, limit: int) -> None:
        settings = Settings.read()
        self._finds_out = settings.capture_environment
        self._session = session
        self._journal = journal
        self._limit = limit
        self._waiting: list[str] = []
        self._seq = 0
        self._child = 0
        self._output: output.Capture | None = None
        if settings.capture_output and output.suits():
            with suppress(OSError):
                self._output = output.Capture(self._pass_on)
                self._output.start()

    def begin(self, run: str, seq: int, *, fresh: bool) -> None:
        """Look after a run.

        Args:
            run: its id.
            seq: how many records of the journal come before what is found out.
            fresh: it is new, so nobody has found out yet what it runs in.
        """
        if self._output is not None:
            with suppress(OSError), (self._session.folder / output.RUNS).open("a") as file:
                file.write(run + "\n")
        if fresh and self._finds_out:
            self._waiting.append(run)
            self._seq = seq
            self.attend()

    def attend(self, *, last: bool = False) -> None:
        """Start finding out for the runs that wait for it; take over if a process has died."""
        if self._output is not None:
            self._output.attend()
        if self._child and output.ended(self._child):
            self._child = 0
        if not self._waiting or (self._child and not last):
            return
        runs, self._waiting = self._waiting, []
        asked: dict[str, Any] = {
            "runs": runs,
            "journal": self._journal,
            "seq": self._seq,
            "limit": self._limit,
            "directory": source_directory(),
            "command": [sys.executable, *sys.orig_argv[1:]],
        }
        with suppress(OSError):
            self._child = self._session.spawn("capture", json.dumps(asked), hold=True)

    def end(self) -> None:
        """The program ends: find out what is still asked for, and give its output back."""
        self.attend(last=True)
        if self._output is not None:
            self._output.stop(DRAIN)

    def _pass_on(self, ends: list[int]) -> int:
        asked = {"journal": self._journal, "limit": self._limit, "count": len(ends)}
        return self._session.spawn("output", json.dumps(asked), ends=ends, hold=True)
