"""Which journal a process writes to: the mode, and one journal for each tracking URI."""

from __future__ import annotations

import atexit
import os
import threading
from dataclasses import dataclass, field
from typing import Any

from cuvee.client.notes import note
from cuvee.errors import ConnectionFailed, InvalidParameter
from cuvee.settings import MODES, Settings
from cuvee.uris import ServerUri, parse_tracking_uri

FLUSH = 10.0
"""Seconds that a read waits for what was logged before it."""
EXIT = 1.0
"""Seconds that the end of a program waits for what it has logged."""


@dataclass
class Facts:
    """What is known about a run without asking.

    Args:
        params: those that were logged; they never change.
        ours: whether this process has started it, so that it ends with it.
        dropped: tags that this process has removed and not set again.
        latest: value, timestamp and step of each metric's point that this process logged last.
    """

    params: dict[str, str] = field(default_factory=dict)
    ours: bool = False
    dropped: set[str] = field(default_factory=set)
    latest: dict[str, tuple[float, int, int]] = field(default_factory=dict)


@dataclass
class Models:
    """What is known about logged models without asking.

    Args:
        known: those that are there, or on their way.
        kept: those about which something is in the journal: what is said next comes after it.
        cut: those that a file found no room of.
    """

    known: set[str] = field(default_factory=set)
    kept: set[str] = field(default_factory=set)
    cut: set[str] = field(default_factory=set)


class Nowhere:
    """What takes the journal's place when nothing is to be logged."""

    offline = True
    unshipped = 0
    dropped = 0
    strict = False

    def __init__(self) -> None:
        self.runs: dict[str, Facts] = {}
        self.experiments: set[str] = set()
        self.models = Models()

    def point(self, run: str, key: str, value: float, timestamp: int, step: int) -> None:
        """Do nothing."""

    def batch(self, body: bytes) -> None:
        """Do nothing."""

    def request(self, request: Any) -> None:
        """Do nothing."""

    def started(self, run: str, *, capture: bool) -> None:
        """Do nothing."""

    def upload(
        self, run: str, path: str, source: Any, *, model: str = "", below: bool = False
    ) -> None:
        """Do nothing."""

    def flush(self, timeout: float) -> bool:
        """There is nothing to wait for."""
        del timeout
        return True

    def confirm(self, timeout: float) -> None:
        """Do nothing."""

    def close(self, timeout: float) -> None:
        """Do nothing."""


class _Process:
    def __init__(self) -> None:
        self.mode = ""
        self.journals: dict[str, Any] = {}
        self.parents: dict[str, Any] = {}
        self.lock = threading.Lock()


_process = _Process()
_UNKNOWN = object()


def set_mode(mode: str) -> None:
    """Choose what becomes of what is logged from here on.

    Args:
        mode: ``online``: it goes to a journal on this computer, and from there to the server in
            the background; ``offline``: to the journal only, which ``cuvee sync`` sends later;
            ``sync``: straight to the server, and a call returns when it has answered;
            ``disabled``: nothing is logged. Empty goes back to the environment's choice.

    Raises:
        InvalidParameter: there is no such mode.
    """
    if mode and mode not in MODES:
        raise InvalidParameter(f"There is no mode {mode!r}: choose from {', '.join(MODES)}.")
    close_journals()
    _process.mode = mode


def get_mode() -> str:
    """Return what becomes of what is logged; see ``set_mode``."""
    return _process.mode or Settings.read().mode


def journal_of(uri: str) -> Any:
    """Return the journal for a tracking URI; None when calls go straight to the store."""
    found = _process.journals.get(uri, _UNKNOWN)
    if found is _UNKNOWN:
        with _process.lock:
            found = _process.journals.get(uri, _UNKNOWN)
            if found is _UNKNOWN:
                found = _process.journals[uri] = _open(uri)
    return found


def _open(uri: str) -> Any:
    mode = get_mode()
    if mode == "disabled":
        return Nowhere()
    where = parse_tracking_uri(uri)
    if mode == "sync" or not (isinstance(where, ServerUri) or mode == "offline"):
        return None
    try:
        import fcntl  # noqa: F401  # there is none on Windows
    except ImportError:
        return None
    from cuvee.client.journal import Journal
    from cuvee.client.session import Session

    settings = Settings.read()
    limit, strict = settings.journal_max_bytes, settings.strict
    parent = _process.parents.get(uri)
    try:
        if parent is not None:
            journal = Journal(
                parent.session, limit, strict=strict, after=parent.id, after_seq=parent.seq
            )
            journal.experiments = set(parent.experiments)
            journal.models = parent.models
            journal.runs = {run: Facts(dict(f.params)) for run, f in parent.runs.items()}
            return journal
        server = where if isinstance(where, ServerUri) else None
        session = Session.begin(server, uri, offline=mode == "offline")
        return Journal(session, limit, strict=strict)
    except OSError as problem:
        note(
            f"there is no place for a journal ({problem}), so calls wait for the server: set "
            "CUVEE_JOURNAL_DIR to a directory on this computer."
        )
        return None


def settle(uri: str) -> None:
    """Let what this process has logged reach the server before something is asked of it.

    Raises:
        ConnectionFailed: nothing is sent in this mode.
    """
    journal = _process.journals.get(uri)
    if journal is None:
        return
    if isinstance(journal, Nowhere):
        return
    if journal.session.offline:
        raise ConnectionFailed(
            "Nothing can be asked of the server in the mode 'offline': 'cuvee sync' sends what "
            f"was logged, from {journal.session.folder}."
        )
    if journal.unshipped and not journal.flush(FLUSH):
        note(
            f"{journal.unshipped} records have not reached {journal.session.uri} yet, which does "
            "not answer, or is slow: what is read now may lack them."
        )


def flush_journals() -> None:
    """Wait until the servers have what this process has logged, ``FLUSH`` seconds at most."""
    for uri, journal in list(_process.journals.items()):
        if journal is not None and not journal.offline:
            settle(uri)


def close_journals(timeout: float = 0.0) -> None:
    """End this process's journals; the next call begins others."""
    with _process.lock:
        journals, _process.journals = _process.journals, {}
        _process.parents = {}
    for journal in journals.values():
        if journal is not None:
            journal.close(timeout)


def finish_journals(timeout: float) -> None:
    """End this process's journals and their senders: the server is about to end as well.

    Args:
        timeout: seconds in which what was logged may still reach it.
    """
    journals = [j for j in _process.journals.values() if j and not isinstance(j, Nowhere)]
    try:
        close_journals(timeout)
    finally:
        for journal in journals:
            journal.session.dismiss(timeout)


def _fork() -> None:
    """Give a forked process journals of its own, in its parent's sessions, when it logs."""
    old = _process
    for uri, journal in old.journals.items():
        if journal is not None and not isinstance(journal, Nowhere):
            journal.forget()
            old.parents[uri] = journal
    old.journals = {}
    old.lock = threading.Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_fork)
atexit.register(close_journals, EXIT)
