"""The program's output, also that of C code: passed on, and its end kept for the run.

Standard output and error go through a pipe (a pseudo-terminal, if they are a terminal) to a process
that writes them where they went before, and keeps the last megabyte. That process cannot be held up
by the program's interpreter lock, and what it has not read yet survives the program's death. If it
dies itself, the program gets its own descriptors back within a second.
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
from typing import Any

KEPT = 1 << 20
SHOWN = 16 << 10
"""Bytes that signs of life take along."""
LOG = "output.log"
TAIL = "output.tail"
RUNS = "output.runs"
STREAMS = (1, 2)
LAST_RUNS = 16
EVERYTHING = 2**62
"""After so many of the program's records: when it is gone, and they are shipped."""


class Capture:
    """The program's side: its descriptors go elsewhere until it ends.

    Args:
        folder: the session's directory.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._own: dict[int, int] = {}
        """Stream -> where it went before."""
        self._ends: list[int] = []
        """Reading ends, kept so that nothing is lost with the other process."""
        self._child = 0
        self._done = -1
        self._pid = os.getpid()

    def start(self, spawn: Any) -> None:
        """Redirect the streams.

        Args:
            spawn: starts a process with some of our descriptors, and returns its id.
        """
        done, told = os.pipe()
        targets: dict[tuple[int, int, int], tuple[int, int]] = {}
        pairs: list[tuple[int, int]] = []
        for stream in STREAMS:
            info = os.fstat(stream)
            where = (info.st_dev, info.st_ino, info.st_rdev)
            if where not in targets:
                own = os.dup(stream)
                read, write = _channel(own)
                targets[where] = (own, write)
                pairs.append((read, own))
            self._own[stream] = targets[where][0]
        self._child = spawn([told, *(end for pair in pairs for end in pair)])
        os.close(told)
        self._done = done
        self._ends = [read for read, _ in pairs]
        _flush()
        for stream in STREAMS:
            os.dup2(next(w for o, w in targets.values() if o == self._own[stream]), stream)
        for _, write in targets.values():
            os.close(write)

    def attend(self) -> None:
        """Take the streams back if the process that passes them on has died."""
        if self._child and self._pid == os.getpid() and ended(self._child):
            self._child = 0
            self._restore(drain=True)

    def stop(self, timeout: float) -> None:
        """Take the streams back, and wait until everything is passed on."""
        if self._pid != os.getpid() or not self._own:
            return
        child, self._child = self._child, 0
        _flush()
        for stream, own in self._own.items():
            os.dup2(own, stream)
        select.select([self._done], [], [], timeout)  # it is closed when all is passed on
        self._restore(drain=ended(child))

    def _restore(self, *, drain: bool) -> None:
        for stream, own in self._own.items():
            os.dup2(own, stream)
        for read, own in zip(self._ends, dict.fromkeys(self._own.values()), strict=True):
            if drain:  # nobody else reads it any more
                os.set_blocking(read, False)
                with suppress(OSError):
                    while data := os.read(read, 1 << 16):
                        os.write(own, data)
            os.close(read)
        for own in set(self._own.values()):
            os.close(own)
        os.close(self._done)
        self._own, self._ends = {}, []


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
            ``FIRST``: one to close when everything is passed on, then pairs: from, to.
    """
    from cuvee.client.journal import Journal
    from cuvee.client.session import FIRST, Session

    for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGHUP, signal.SIGPIPE, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    told = json.loads(asked)
    done, *ends = range(FIRST, FIRST + told["count"])
    place = Path(folder)
    kept = _pass_on(list(zip(ends[::2], ends[1::2], strict=True)), place)
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
    shown = 0.0
    chosen = selectors.DefaultSelector()
    for read, own in pairs:
        chosen.register(read, selectors.EVENT_READ, own)
    while chosen.get_map():
        for key, _ in chosen.select(1.0):
            try:
                data = os.read(key.fd, 1 << 16)
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
