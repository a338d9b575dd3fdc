"""The program's output, also that of C code: passed on, and its end kept for the run.

Standard output and error go through a pipe (a pseudo-terminal, if they are a terminal) to a process
that writes them where they went before, and keeps the last megabyte. That process cannot be held up
by the program's interpreter lock, and what it has not read yet survives the program's death. If it
dies itself, another takes its place within a second, so that no line passes an earlier one; what it
had read and not written, at most 64 KiB, is lost. After ``LIVES`` deaths the program gets its own
descriptors back.
"""

from __future__ import annotations

import json
import os
import select
import selectors
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

KEPT = 1 << 20
CHUNK = 64 << 10
SHOWN = 16 << 10
"""Bytes that signs of life take along."""
LOG = "output.log"
TAIL = "output.tail"
RUNS = "output.runs"
STREAMS = (1, 2)
LAST_RUNS = 16
LIVES = 3
"""Processes that may die before nobody stands between the program and its output."""
EVERYTHING = 2**62
"""After so many of the program's records: when it is gone, and they are shipped."""


class Capture:
    """The program's side: its descriptors go elsewhere until it ends.

    Args:
        spawn: starts a process with some of our descriptors, and returns its id.
    """

    def __init__(self, spawn: Callable[[list[int]], int]) -> None:
        self._spawn = spawn
        self._own: dict[int, int] = {}
        """Stream -> where it went before."""
        self._ends: list[int] = []
        """Reading ends, kept so that nothing is lost with the other process."""
        self._child = 0
        self._lives = LIVES
        self._done = -1
        self._pid = os.getpid()

    def start(self) -> None:
        """Redirect the streams."""
        targets: dict[tuple[int, int, int], tuple[int, int]] = {}
        for stream in STREAMS:
            info = os.fstat(stream)
            where = (info.st_dev, info.st_ino, info.st_rdev)
            if where not in targets:
                own = os.dup(stream)
                read, write = _channel(own)
                targets[where] = (own, write)
                self._ends.append(read)
            self._own[stream] = targets[where][0]
        self._employ()
        _flush()
        for stream in STREAMS:
            os.dup2(next(w for o, w in targets.values() if o == self._own[stream]), stream)
        for _, write in targets.values():
            os.close(write)

    def _employ(self) -> None:
        """Start the process that passes on what comes out of the reading ends."""
        done, told = os.pipe()
        try:
            pairs = zip(self._ends, dict.fromkeys(self._own.values()), strict=True)
            self._child = self._spawn([told, *(end for pair in pairs for end in pair)])
        finally:
            os.close(told)
            if self._done >= 0:
                os.close(self._done)
            self._done = done

    def attend(self) -> None:
        """If the process that passes the streams on has died, start another."""
        if not self._child or self._pid != os.getpid() or not ended(self._child):
            return
        self._child = 0
        self._lives -= 1
        if self._lives:
            with suppress(OSError):
                self._employ()
        if not self._child:
            self._restore(drain=True)

    def stop(self, timeout: float) -> None:
        """Take the streams back, and wait until everything is passed on."""
        if self._pid != os.getpid() or not self._own:
            return
        self._child = 0
        _flush()
        for stream, own in self._own.items():
            os.dup2(own, stream)
        died = self._died(timeout)
        if died and self._lives > 1:
            with suppress(OSError):
                self._employ()
                died = self._died(timeout)
        self._restore(drain=died)

    def _died(self, timeout: float) -> bool:
        """Wait until all is passed on; say whether the process died over it."""
        # It says so before it closes its end. Its exit status comes a little after its ends close.
        ready, _, _ = select.select([self._done], [], [], timeout)
        return bool(ready) and not os.read(self._done, 1)

    def _restore(self, *, drain: bool) -> None:
        if drain:  # nobody else reads it any more; a second time for what came in between
            self._drain()
        for stream, own in self._own.items():
            os.dup2(own, stream)
        if drain:
            self._drain()
        for end in (*self._ends, *set(self._own.values()), self._done):
            os.close(end)
        self._own, self._ends = {}, []

    def _drain(self) -> None:
        for read, own in zip(self._ends, dict.fromkeys(self._own.values()), strict=True):
            os.set_blocking(read, False)
            with suppress(OSError):  # it is empty, or a pseudo-terminal's end
                for _ in range(KEPT // CHUNK):  # a program may print faster than is read
                    if not (data := os.read(read, CHUNK)):
                        break
                    _write_all(own, data)


def suits() -> bool:
    """Say whether the streams are the program's own, and not a notebook's or a test runner's."""
    processes = sys.modules.get("multiprocessing.process")
    if "ipykernel" in sys.modules or (processes and processes.parent_process() is not None):
        return False
    try:
        plain = sys.stdout is sys.__stdout__ and sys.stderr is sys.__stderr__
        numbers = (sys.stdout.fileno(), sys.stderr.fileno())
        null = Path(os.devnull).stat().st_rdev
        return plain and numbers == STREAMS and os.fstat(1).st_rdev != null
    except (AttributeError, OSError, ValueError):
        return False


def main(folder: str, asked: str) -> int:
    """Pass output on, and keep its end for the runs of a program.

    Args:
        folder: the session's directory.
        asked: JSON: ``count`` of descriptors, ``journal``, ``limit``. The descriptors begin at
            ``FIRST``: one for a byte when everything is passed on, then pairs: from, to.
    """
    from cuvee.client.journal import Journal
    from cuvee.client.session import FIRST, Session

    for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGHUP, signal.SIGPIPE, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    told = json.loads(asked)
    done, *ends = range(FIRST, FIRST + told["count"])
    place = Path(folder)
    kept = _pass_on(list(zip(ends[::2], ends[1::2], strict=True)), place)
    with suppress(OSError):  # the program may be gone
        os.write(done, b".")
    os.close(done)
    with suppress(OSError):
        (place / LOG).write_bytes(bytes(kept))
        runs = (place / RUNS).read_text(encoding="ascii").split() if kept else []
        session = Session(place, "", offline=True)  # the program sees to the sender
        journal = Journal(session, told["limit"], after=told["journal"], after_seq=EVERYTHING)
        for run in list(dict.fromkeys(runs))[-LAST_RUNS:]:
            journal.upload(run, f"cuvee/{LOG}", place / LOG)
        journal.close(0)
    for name in (LOG, TAIL, RUNS):
        (place / name).unlink(missing_ok=True)
    return 0


def _pass_on(pairs: list[tuple[int, int]], folder: Path) -> bytearray:
    """Copy until every writer has closed; return the end of what was copied."""
    kept = bytearray()
    with suppress(OSError):  # of a process that has died in this place
        kept += (folder / TAIL).read_bytes()
    shown = 0.0
    chosen = selectors.DefaultSelector()
    for read, own in pairs:
        chosen.register(read, selectors.EVENT_READ, own)
    while chosen.get_map():
        for key, _ in chosen.select(1.0):
            try:
                data = os.read(key.fd, CHUNK)
            except OSError:  # how a pseudo-terminal ends
                data = b""
            if not data:
                chosen.unregister(key.fd)
                continue
            _write_all(key.data, data)
            kept += data
        if len(kept) > 2 * KEPT:
            del kept[:-KEPT]
        if time.monotonic() - shown > 1.0:
            shown = time.monotonic()
            for read, own in pairs:
                _same_size(own, read)
            with suppress(OSError):
                part = folder / (TAIL + ".new")
                part.write_bytes(bytes(kept[-SHOWN:]))
                part.rename(folder / TAIL)
    return kept[-KEPT:]


def _write_all(target: int, data: bytes) -> None:
    while data:
        try:
            data = data[os.write(target, data) :]
        except BlockingIOError:  # noqa: PERF203  # it is a loop that waits
            time.sleep(0.005)
        except OSError:  # nobody reads it any more
            return


def _channel(own: int) -> tuple[int, int]:
    """Return both ends of what takes a stream's place."""
    if not os.isatty(own):
        read, write = os.pipe()
        with suppress(OSError, ImportError, AttributeError):
            import fcntl

            fcntl.fcntl(write, fcntl.F_SETPIPE_SZ, KEPT)
        return read, write
    import pty
    import tty

    read, write = pty.openpty()
    tty.setraw(write)
    _same_size(own, read)
    return read, write


def _same_size(terminal: int, other: int) -> None:
    """Give a pseudo-terminal the size of the terminal that it stands for."""
    import fcntl
    import termios

    with suppress(OSError):
        size = fcntl.ioctl(terminal, termios.TIOCGWINSZ, b"\0" * 8)
        fcntl.ioctl(other, termios.TIOCSWINSZ, size)


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        with suppress(AttributeError, OSError, ValueError):
            stream.flush()


def ended(child: int) -> bool:
    """Say whether a process that we have started is over."""
    try:
        return os.waitpid(child, os.WNOHANG)[0] == child
    except ChildProcessError:
        return True


def tail(folder: Path) -> str:
    """Return the last lines of the output of a session's program."""
    with suppress(OSError):
        return (folder / TAIL).read_bytes().decode("utf-8", "replace")
    return ""
