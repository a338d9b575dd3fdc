"""The journal: what a process logs, appended to a local file before the call returns.

One file per process, written with one ``write`` per record: what a call returned for survives the
process's sudden death, because it is the system's by then; a power cut costs the last second. The
sender (``cuvee.client.sender``) ships it. See ``records`` for the format.
"""

from __future__ import annotations

import itertools
import os
import shutil
import threading
import time
import uuid
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from cuvee.client.journals import Facts, Models
from cuvee.client.notes import note
from cuvee.client.records import (
    NUMBER,
    POINT,
    STATE_SIZE,
    Head,
    Request,
    Started,
    State,
    Upload,
    frame,
    owner_path,
    refusals,
    segment_path,
    state_path,
)
from cuvee.client.session import Session
from cuvee.errors import BadRequest, ConnectionFailed, StorageFull

if TYPE_CHECKING:
    from cuvee.client.company import Company

SEGMENT = 32 << 20
SYNC_EVERY = 1 << 20
SCAN_EVERY = 1.0
FULL_WAIT = 5.0
"""Seconds that a full journal may hold the process up, before it drops."""
NOTE_EVERY = 30.0
_encode = msgspec.json.encode


class Journal:
    """One process's journal; safe to share between threads.

    Args:
        session: the directory, and the sender, that the processes of one program share.
        limit: bytes of it that may wait to be shipped.
        strict: raise what is a warning otherwise.
        after: journal of the process that this one was forked from, and
        after_seq: how many of its records come before this journal's.
    """

    def __init__(
        self,
        session: Session,
        limit: int,
        *,
        strict: bool = False,
        after: str = "",
        after_seq: int = 0,
    ) -> None:
        self.session = session
        self.id = uuid.uuid4().hex
        self.strict = strict
        self.seq = 0
        """How many records there are."""
        self.dropped = 0
        self.runs: dict[str, Facts] = {}
        self.experiments: set[str] = set()
        """Experiments that are known to take runs."""
        self.models = Models()
        self.missed = (0.0, 0)
        """When the server has let us wait in vain, and what it had of the journal then."""
        self.company: Company | None = None
        self._limit = limit
        self._after = (after, after_seq)
        self._lock = threading.RLock()
        self._keys: dict[tuple[str, str], int] = {}
        self._numbers = itertools.count()
        self._sizes: dict[int, int] = {}
        self._segment = -1
        self._size = self._turn_at = self._synced = 0
        self._files_size = 0
        self._full_since = self._broken_since = self._noted = self._scanned = 0.0
        self._dropped_unsaid = 0
        self._noted_rejects = self._raised_rejects = 0
        self._dirty = threading.Event()
        self._closing = threading.Event()
        session.folder.mkdir(parents=True, exist_ok=True)
        self._owner = _locked(owner_path(session.folder, self.id))
        state = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC
        self._state = os.open(state_path(session.folder, self.id), state, 0o600)
        os.pwrite(self._state, State().pack(), 0)
        self._fd = -1
        self._next_segment()
        self._keeper = threading.Thread(target=self._keep, name="cuvee-journal", daemon=True)
        self._keeper.start()

    # ------------------------------------------------------------ writing

    def point(self, run: str, key: str, value: float, timestamp: int, step: int) -> None:
        """Append one point of a metric.

        Raises:
            InvalidParameter: the key is not allowed.
            struct.error: a number is no int64.
        """
        number = self._keys.get((run, key))
        if number is None:
            number = self._intern(run, key)
        self._append(POINT.pack(b"M", number, value, timestamp, step))

    def batch(self, body: bytes) -> None:
        """Append the metrics, params and tags of one call; the JSON body of ``runs/log-batch``."""
        self._append(b"B" + body)

    def request(self, request: Request) -> None:
        """Append another request."""
        self._append(b"R" + _encode(request))

    def started(self, run: str, *, capture: bool) -> None:
        """Say that a run ends with this process, unless it is ended before."""
        self._append(b"S" + _encode(Started(run=run, capture=capture)))
        if self.company is None:
            from cuvee.client.company import Company

            self.company = Company(self.session, self.id, self._limit)
        self.company.begin(run, self.seq, fresh=capture)

    def upload(
        self, run: str, path: str, source: Path, *, model: str = "", below: bool = False
    ) -> None:
        """Keep a copy of a file, and append that it belongs to a run or logged model.

        Args:
            run: the run.
            path: where, below the root.
            source: the file.
            model: the logged model, when it is not the run's own file.
            below: whether it is a table whose rows come below those that are there.

        Raises:
            OSError: the file cannot be read.
        """
        size = source.stat().st_size
        if self._waiting(exact=False) + size > self._limit and not self._room(size):
            self._cut(model)
            return
        name = uuid.uuid4().hex
        target = self.session.files / name
        self.session.files.mkdir(exist_ok=True)
        try:
            shutil.copyfile(source, target)
        except OSError:
            target.unlink(missing_ok=True)
            source.open("rb").close()  # the caller's file is at fault if this fails
            self._cut(model)
            return
        self._files_size += size
        kept = Upload(run=run, path=path, file=name, size=size, model=model, below=below)
        self._append(b"A" + _encode(kept))

    def _cut(self, model: str) -> None:
        """Note that a file found no room, which a model is not complete without."""
        if model:
            self.models.cut.add(model)
        self._drop()

    def _intern(self, run: str, key: str) -> int:
        from cuvee.api.names import check_key  # the sender, which reads journals, needs none of it

        check_key("metric", key)
        with self._lock:
            number = next(self._numbers)
            self._append(b"K" + NUMBER.pack(number) + _encode([run, key]), counts=0)
            self._keys[run, key] = number
        return number

    def _append(self, payload: bytes, counts: int = 1) -> None:
        data = frame(payload)
        with self._lock:
            if self._size >= self._turn_at:
                self._turn()
            if self._full_since and not self._room(len(data)):
                self._drop()
                return
            try:
                written = os.write(self._fd, data)
            except OSError:
                written = 0
            if (written != len(data) or self._broken_since) and not self._again(data, written):
                self._drop()
                return
            self._size += len(data)
            self.seq += counts

    def _again(self, data: bytes, written: int) -> bool:
        """Take back what was half written, and try until it is whole, or for long enough."""
        self._broken_since = self._broken_since or time.monotonic()
        end = self._broken_since + FULL_WAIT
        while written != len(data):
            if written > 0:
                os.ftruncate(self._fd, os.fstat(self._fd).st_size - written)
            if time.monotonic() > end:
                return False
            self._say_full()
            time.sleep(0.1)
            try:
                written = os.write(self._fd, data)
            except OSError:
                written = 0
        self._broken_since = 0.0
        self._tell_dropped()
        return True

    def _tell_dropped(self) -> None:
        """Append how many calls are missing before the next one."""
        if self._dropped_unsaid:
            count, self._dropped_unsaid = self._dropped_unsaid, 0
            self._append(b"D" + _encode({"count": count}))

    # ------------------------------------------------------------ bounds

    def _turn(self) -> None:
        """Look at the bounds, every megabyte; begin another segment when this one is long."""
        self._turn_at = self._size + SYNC_EVERY
        self._dirty.set()
        if self._size >= SEGMENT:
            with suppress(OSError, StorageFull):  # this segment gets longer, then
                self._next_segment()
        if not self._full_since and self._waiting(exact=False) > self._limit:
            self._full_since = time.monotonic()

    def _next_segment(self) -> None:
        number = self._segment + 1
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_CLOEXEC
        path = segment_path(self.session.folder, self.id, number)
        fd = os.open(path, flags, 0o600)
        head = Head(journal=self.id, seq=self.seq, after=self._after[0], after_seq=self._after[1])
        data = frame(b"H" + _encode(head))
        for (run, key), known in self._keys.items():
            data += frame(b"K" + NUMBER.pack(known) + _encode([run, key]))
        if os.write(fd, data) != len(data):
            os.close(fd)
            path.unlink()
            raise StorageFull(f"There is no room for a journal in {self.session.folder}.")
        old, self._fd = self._fd, fd
        if old >= 0:
            os.fsync(old)
            os.close(old)
            self._sizes[self._segment] = self._size
        self._segment, self._size, self._turn_at = number, len(data), len(data) + SYNC_EVERY

    def state(self) -> State:
        """Return how far the journal is shipped."""
        return State.unpack(os.pread(self._state, STATE_SIZE, 0)) or State()

    def _waiting(self, *, exact: bool = True) -> int:
        """Return the bytes that are not shipped: of records, and of files.

        Looking at thousands of files for each of thousands takes minutes: without ``exact`` they
        are looked at once a second, and what is shipped in between still counts.
        """
        state = self.state()
        for number in [n for n in self._sizes if n < state.segment]:
            del self._sizes[number]
        waiting = sum(self._sizes.values()) + self._size - state.offset
        if exact or time.monotonic() - self._scanned > SCAN_EVERY:
            self._scanned, self._files_size = time.monotonic(), 0
            if self.session.files.exists():
                for entry in os.scandir(self.session.files):
                    with suppress(FileNotFoundError):  # it has just been shipped
                        self._files_size += entry.stat().st_size
        return waiting + self._files_size

    def _room(self, size: int) -> bool:
        """Wait for room, ``FULL_WAIT`` seconds since the journal became full."""
        if not self._full_since:
            self._full_since = time.monotonic()
        end = self._full_since + FULL_WAIT
        while self._waiting() + size > self._limit:
            self._say_full()
            if time.monotonic() > end:
                return False
            time.sleep(0.05)
        self._full_since = 0.0
        self._tell_dropped()
        return True

    def _drop(self) -> None:
        self.dropped += 1
        self._dropped_unsaid += 1
        self._say_full()
        if self.strict:
            raise StorageFull(f"The journal in {self.session.folder} is full: nothing was logged.")

    def _say_full(self) -> None:
        if time.monotonic() - self._noted > NOTE_EVERY or not self._noted:
            self._noted = time.monotonic()
            note(
                f"the journal in {self.session.folder} is full ({self._limit >> 20} MiB may wait, "
                f"or the disk has no room): {self.dropped} calls were dropped so far. "
                "Is the server away? CUVEE_JOURNAL_MAX_BYTES raises the limit."
            )

    # ------------------------------------------------------------ waiting

    @property
    def offline(self) -> bool:
        """Whether nothing is sent."""
        return self.session.offline

    @property
    def size(self) -> int:
        """Bytes of the present segment."""
        return self._size

    @property
    def unshipped(self) -> int:
        """How many records the server does not have yet."""
        return self.seq - self.state().seq

    def flush(self, timeout: float, patience: float = 2.0) -> bool:
        """Wait until the server has what this process has logged so far; say whether it has.

        Args:
            timeout: seconds to wait at most.
            patience: seconds to wait at most while the server does not answer.
        """
        wanted = self.seq
        if self.state().seq >= wanted:
            return True
        if self.session.offline:
            return False
        with self._lock:
            self._append(b"F")
            wanted = self.seq
        begin = time.monotonic()
        while (state := self.state()).seq < wanted:
            waited = time.monotonic() - begin
            if waited > timeout or (state.failing and waited > patience):
                return False
            time.sleep(0.002 if waited < 0.2 else 0.01)
        self.note_rejects()
        return True

    def note_rejects(self) -> None:
        """Say that records were refused, once for each number of them."""
        count = self.state().rejected
        if count > self._noted_rejects:
            self._noted_rejects = count
            note(self._refused(count))

    def confirm(self, timeout: float) -> None:
        """Wait until the server has what was logged, if the program wants to be stopped else.

        Raises:
            BadRequest: it has refused some of it.
            ConnectionFailed: it does not answer in time.
        """
        if not self.strict or self.session.offline:
            return
        if not self.flush(timeout):
            raise ConnectionFailed(
                f"{self.unshipped} records have not reached {self.session.uri} in {timeout:g} s."
            )
        count = self.state().rejected
        if count > self._raised_rejects:
            self._raised_rejects = count
            raise BadRequest(self._refused(count))

    def _refused(self, count: int) -> str:
        last = ""
        with suppress(OSError, IndexError):
            last = f"; the last: {refusals(self.session.folder, self.id)[-1]['reason']}"
        return (
            f"{count} calls were refused by {self.session.uri}; they and the reasons are in "
            f"{self.session.folder} ('cuvee sync --list' shows them){last}"
        )

    def _keep(self) -> None:
        """Flush to disk once a second or megabyte; see that there is a sender."""
        self.session.attend()
        while not self._closing.is_set():
            self._dirty.wait(1.0)
            self._dirty.clear()
            try:
                with self._lock:
                    fd = os.dup(self._fd)
                try:
                    if os.fstat(fd).st_size != self._synced:
                        self._synced = os.fstat(fd).st_size
                        os.fsync(fd)
                finally:
                    os.close(fd)
                self.session.attend()
                if self.company is not None:
                    self.company.attend()
                self.note_rejects()
            except OSError:
                continue
            self._closing.wait(0.05)

    def close(self, timeout: float) -> None:
        """End the journal: it is complete. Wait a little for what is not shipped yet.

        Args:
            timeout: seconds.
        """
        if self.company is not None and self._fd >= 0:
            self.company.end()
        with self._lock:
            if self._fd < 0:
                return
            self._tell_dropped()
            self._append(b"Z")
        self.session.attend(last=True)
        if timeout and not self.session.offline:
            end = time.monotonic() + timeout
            while self.unshipped and time.monotonic() < end and not self.state().failing:
                time.sleep(0.005)
        left = self.unshipped
        self.note_rejects()
        if left > 1 and not self.session.offline:
            note(
                f"{left} records are still on their way to {self.session.uri}; they are sent in "
                f"the background from {self.session.folder}."
            )
        self._closing.set()
        self._dirty.set()
        self._keeper.join(2.0)
        with self._lock:
            try:
                os.fsync(self._fd)
            finally:
                self.forget()

    def forget(self) -> None:
        """Let go of the files; all that a forked process does with its parent's journal."""
        for fd in (self._fd, self._state, self._owner):
            if fd >= 0:
                os.close(fd)
        self._fd = self._state = self._owner = -1


def _locked(path: Path) -> int:
    """Make a file that this process holds a lock on until it ends, and return its descriptor.

    The lock is the process's, not the descriptor's: a fork does not have it.
    """
    import fcntl

    fresh = path.with_suffix(".new")
    fd = os.open(fresh, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    fcntl.lockf(fd, fcntl.LOCK_EX)
    os.write(fd, _encode({"pid": os.getpid(), "started": time.time_ns() // 1_000_000}))
    fresh.rename(path)
    return fd


def owned(path: Path) -> bool:
    """Say whether the process of a journal lives; ``path`` is its ``owner_path``."""
    import fcntl

    try:
        fd = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        fcntl.lockf(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return True
    else:
        return False
    finally:
        os.close(fd)
