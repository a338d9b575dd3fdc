"""A session: the directory in which the processes of one program keep their journals."""

from __future__ import annotations

import importlib
import json
import os
import secrets
import signal
import socket
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from cuvee.settings import Settings
from cuvee.uris import ServerUri

INFO = "session.json"
LOCK = "sender.lock"
ALIASES = "aliases.json"
MAX_ORPHANS = 4
START_EVERY = 2.0
"""Seconds between two attempts to start a sender."""
FIRST = 200
"""The first descriptor that a process finds what it was given at."""
HOLD = FIRST - 1
"""At which it finds the file by whose lock it holds its session."""
_START = (
    "import sys,json;a=json.loads(sys.argv[1]);sys.path[:]=[p for p in sys.path if p];"
    "sys.path+=[p for p in a if p not in sys.path];"
    "from cuvee.client.session import run;sys.exit(run(*sys.argv[2:]))"
)


class Session:
    """A directory of journals and the process that ships them.

    Args:
        folder: the directory; it is made by the first journal.
        uri: the server, without credentials; empty when it is not known yet.
        user: user name for the server, as far as it is known.
        address: the tracking URI as it was given; it may hold credentials, so it is not kept.
        offline: nothing is sent.
    """

    def __init__(
        self, folder: Path, uri: str, user: str = "", address: str = "", *, offline: bool = False
    ) -> None:
        self.folder = folder
        self.uri = uri
        self.user = user
        self.offline = offline
        self._address = address or uri
        self._started = 0.0
        self._sender = 0

    @classmethod
    def begin(cls, server: ServerUri | None, address: str, *, offline: bool) -> Session:
        """Make a session in the directory that the settings name.

        Raises:
            OSError: there is no place for it.
        """
        name = f"{time.strftime('%Y%m%d-%H%M%S')}-{secrets.token_hex(4)}"
        settings = Settings.read()
        user = (server.username if server else "") or settings.username
        url = server.url if server else ""
        session = cls(journal_root() / name, url, user, address, offline=offline)
        session.folder.mkdir(parents=True, mode=0o700)
        info = {
            "uri": url,
            "user": user,
            "offline": offline,
            "host": socket.gethostname(),
            "pid": os.getpid(),
            "created": time.time_ns() // 1_000_000,
            "script": sys.argv[0] if sys.argv else "",
        }
        part = session.folder / (INFO + ".new")
        part.write_text(json.dumps(info), encoding="utf-8")
        part.rename(session.folder / INFO)
        return session

    @property
    def files(self) -> Path:
        """The directory of copies of files that wait to be uploaded."""
        return self.folder / "files"

    def aliases(self) -> dict[str, str]:
        """Return the ids that a server has given in place of ours, which it does not take."""
        try:
            found: dict[str, str] = json.loads((self.folder / ALIASES).read_bytes())
        except (OSError, ValueError):
            return {}
        return found

    def attend(self, *, last: bool = False) -> None:
        """See that there is a sender; start one when there is none.

        Args:
            last: there is no later chance, so one that was started just now is looked at too.
        """
        self._reap()
        if self.offline:
            return
        if time.monotonic() - self._started < START_EVERY and self._started and not last:
            return
        if not sender_alive(self.folder):
            self._started = time.monotonic()
            self._sender = self.spawn("sender")

    def _reap(self) -> None:
        if self._sender:
            try:
                done, _ = os.waitpid(self._sender, os.WNOHANG)
            except ChildProcessError:  # somebody else has waited for it, or we are a fork
                done = self._sender
            if done:
                self._sender = 0

    def dismiss(self, timeout: float) -> None:
        """See the sender that this process has started to its end, for its server is about to end.

        What is not shipped by then stays, for the next program with this server or ``cuvee sync``.

        Args:
            timeout: seconds that it may take while the server answers.
        """
        end = time.monotonic() + timeout
        self._reap()
        try:
            while self._sender and time.monotonic() < end and not _in_vain(self.folder):
                time.sleep(0.02)
                self._reap()
        finally:  # also of a second Ctrl-C
            if self._sender:
                os.kill(self._sender, signal.SIGTERM)
                os.waitpid(self._sender, 0)
                self._sender = 0

    def spawn(
        self, module: str, asked: str = "", ends: Sequence[int] = (), *, hold: bool = False
    ) -> int:
        """Start a process that outlives this one, and a terminal that is closed.

        Args:
            module: the module of this package whose ``main`` it runs.
            asked: what ``main`` is told, after the session's directory.
            ends: descriptors that it finds at ``FIRST`` and after.
            hold: whether the session must stay until it ends.

        Returns:
            Its process id.
        """
        environment = {**os.environ, "CUVEE_TRACKING_URI": self._address}
        environment.pop("PYTHONSTARTUP", None)
        name = f"{secrets.token_hex(8)}.hold" if hold else ""
        home = str(Path(__file__).resolve().parents[2])
        paths = json.dumps([*(p for p in sys.path[1:] if p), home])
        command = [sys.executable, "-c", _START, paths, module, str(self.folder), asked, name]
        log = os.O_WRONLY | os.O_CREAT | os.O_APPEND
        actions: list[Any] = [
            (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDWR, 0),
            (os.POSIX_SPAWN_DUP2, 0, 1),
            (os.POSIX_SPAWN_OPEN, 2, str(self.folder / "sender.log"), log, 0o600),
        ]
        high = [_above(end) for end in ends]
        actions += [(os.POSIX_SPAWN_DUP2, end, FIRST + n) for n, end in enumerate(high)]
        if hold:
            high.append(_locked(self.folder / name))
            actions.append((os.POSIX_SPAWN_DUP2, high[-1], HOLD))
        try:
            return os.posix_spawn(
                sys.executable, command, environment, file_actions=actions, setsid=True
            )
        finally:
            for end in high:
                os.close(end)


def run(module: str, folder: str, asked: str, hold: str) -> int:
    """Run a process of a session; what ``Session.spawn`` starts."""
    if hold:
        os.set_inheritable(HOLD, False)  # what this process starts holds nothing
    try:
        status: int = importlib.import_module(f"cuvee.client.{module}").main(folder, asked)
    finally:
        if hold:
            Path(folder, hold).unlink(missing_ok=True)
    return status


def held(folder: Path) -> bool:
    """Say whether a process is at work that may add to a session."""
    import fcntl

    for path in folder.glob("*.hold"):
        with suppress(FileNotFoundError):
            fd = os.open(path, os.O_RDWR | os.O_CLOEXEC)
            try:
                fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                return True
            finally:
                os.close(fd)
    return False


def _in_vain(folder: Path) -> bool:
    """Say whether the sender of a session has asked for its server for a second."""
    from cuvee.client.records import State

    now = time.time_ns() // 1_000_000
    for path in folder.glob("*.state"):
        with suppress(FileNotFoundError):
            state = State.unpack(path.read_bytes())
            if state is not None and state.failing and now - state.failing > 1000:
                return True
    return False


def _locked(path: Path) -> int:
    """Make a file with a lock, which lasts as long as a process has it open, and return it open."""
    import fcntl

    made = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(made, fcntl.LOCK_EX)
        return _above(made)
    finally:
        os.close(made)  # the other is the same open file, and keeps the lock


def _above(end: int) -> int:
    """Return a duplicate of a descriptor whose number is not one that we give out."""
    import fcntl

    return fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, FIRST + 100)


def journal_root() -> Path:
    """Return the directory of sessions: the setting, the user's state, or the working directory."""
    chosen = Settings.read().journal_dir
    if chosen:
        return Path(chosen).absolute()
    state = Path(os.environ.get("XDG_STATE_HOME") or Path("~/.local/state").expanduser())
    home = state / "cuvee" / "journal"
    with suppress(OSError):
        home.mkdir(parents=True, exist_ok=True)
        if os.access(home, os.W_OK):
            return home
    return Path(".cuvee", "journal").absolute()


def sender_alive(folder: Path) -> bool:
    """Say whether a process ships the session in ``folder``."""
    found = lock_sender(folder)
    if found >= 0:
        os.close(found)
    return found < 0


def lock_sender(folder: Path) -> int:
    """Take the right to ship a session; return a descriptor, or -1 when another process has it."""
    import fcntl

    try:
        fd = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except FileNotFoundError:  # the session is over
        return -1
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(fd)
        return -1
    return fd


def adopt(folder: Path, address: str) -> None:
    """Start senders for sessions beside one that have none, for the same server and user."""
    mine = session_info(folder)
    orphans = 0
    for other in sorted(p.parent for p in folder.parent.glob("*/" + INFO)):
        info = session_info(other)
        same = all(info.get(k) == mine.get(k) for k in ("uri", "user", "host"))
        if other == folder or not same or info.get("offline") or not any(other.glob("*.state")):
            continue
        session = Session(other, info["uri"], info["user"], address)
        session.attend()
        orphans += 1
        if orphans == MAX_ORPHANS:
            return


def session_info(folder: Path) -> dict[str, Any]:
    """Return what is known about a session."""
    try:
        found: dict[str, Any] = json.loads((folder / INFO).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found
