"""One journal on its way to the server: what is read and not yet acknowledged."""

from __future__ import annotations

import os
import time
from collections import deque
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from cuvee.client.journal import owned
from cuvee.client.records import (
    READ,
    STATE_SIZE,
    Record,
    Request,
    Segment,
    Started,
    State,
    Upload,
    owner_path,
    rejects_path,
    segment_path,
    state_path,
)

LINGER = 1.0
"""Seconds that points wait for others to be sent together."""
WINDOW = 1000
"""Metrics, params and tags in a request, at most."""
FEW = 100
"""Params, or tags, in a request, at most."""
LOGGED = frozenset({b"M", b"B"})
PASSIVE = frozenset({b"F", b"Z"})


class Item(NamedTuple):
    """A record that waits.

    Args:
        seq: its number.
        segment, end: where it ends.
        kind: as in ``records``.
        run: the run that it is about.
        value: what it says: fields of ``runs/log-batch``, a ``Request``, an ``Upload`` ...
    """

    seq: int
    segment: int
    end: int
    kind: bytes
    run: str
    value: Any

    @property
    def sizes(self) -> tuple[int, int, int]:
        """How many metrics, params and tags it has."""
        if self.kind not in LOGGED:
            return 0, 0, 0
        return tuple(len(self.value.get(k, ())) for k in ("metrics", "params", "tags"))  # type: ignore[return-value]


class Line:
    """A journal that is being shipped.

    Args:
        folder: the session's directory.
        journal: the journal's id.
        numbers: its segments.
    """

    def __init__(self, folder: Path, journal: str, numbers: list[int]) -> None:
        self.folder = folder
        self.id = journal
        self.live: set[str] = set()
        """Runs that end with the process."""
        self.closed = False
        """Whether the process has said that its journal is complete."""
        self.damaged = 0
        """How many records in the middle could not be read."""
        self.torn = 0
        """Bytes after the last whole record, of a write that was cut off."""
        self._fd = os.open(
            state_path(folder, journal), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600
        )
        self.state = State.unpack(os.pread(self._fd, STATE_SIZE, 0)) or State(segment=numbers[0])
        self._waiting: deque[Item] = deque()
        self._since = 0.0
        self._number = max(self.state.segment, numbers[0])
        self._gone = False
        self._segment = self._open()

    @property
    def after(self) -> tuple[str, int]:
        """The journal whose records before a number come first."""
        head = self._segment.head
        return (head.after, head.after_seq) if head else ("", 0)

    @property
    def waiting(self) -> list[Item]:
        """What is read and not acknowledged."""
        return list(self._waiting)

    def owned(self) -> bool:
        """Say whether the journal's process lives."""
        if not self._gone and not owned(owner_path(self.folder, self.id)):
            self._gone = True
        return not self._gone

    def read(self) -> None:
        """Read on, as far as a request or two can take."""
        while len(self._waiting) < 2 * WINDOW:
            before = len(self._waiting)
            self._waiting.extend(self._item(r) for r in self._segment.records(READ))
            if len(self._waiting) > before:
                if not before:
                    self._since = time.monotonic()
            elif not self._go_on():
                return

    def count(self) -> int:
        """Return how many records are not shipped, without those that only mark something."""
        count = 0
        while True:
            self.read()
            if not self._waiting:
                return count
            count += sum(item.kind not in PASSIVE for item in self._waiting)
            self._waiting.clear()

    def done(self) -> bool:
        """Say whether everything is acknowledged, and the process gone."""
        if self._waiting or self.owned():
            return False
        self.read()  # what the process has written between our last look and its end
        return not self._waiting

    def ready(self) -> bool:
        """Say whether it is time to send."""
        if not self._waiting:
            return False
        if self.state.planned or len(self._waiting) >= WINDOW:
            return True
        if any(item.kind not in LOGGED for item in self._waiting):
            return True
        return time.monotonic() - self._since > LINGER or not self.owned()

    def window(self) -> list[Item]:
        """Return the records of the next request; the same ones until they are acknowledged."""
        if self.state.planned:
            return [item for item in self._waiting if item.seq < self._plan_end()]
        taken: list[Item] = []
        totals = [0, 0, 0]
        params: set[tuple[str, str]] = set()
        for item in self._waiting:
            if item.kind in PASSIVE and (not taken or taken[0].kind in LOGGED):
                taken.append(item)
                continue
            if item.kind not in LOGGED:
                if not any(t.kind in LOGGED for t in taken):
                    taken.append(item)
                break
            totals = [a + b for a, b in zip(totals, item.sizes, strict=True)]
            named = {(item.run, p["key"]) for p in item.value.get("params", ())}
            full = sum(totals) > WINDOW or max(totals[1:]) > FEW or params & named
            if full and any(t.kind in LOGGED for t in taken):
                break
            params |= named
            taken.append(item)
        if len(taken) > 1:
            self._write(self.state._replace(planned=len(taken)))
        return taken

    def acknowledge(self, items: list[Item], rejected: int = 0) -> None:
        """Note that records need not be sent again."""
        last = items[-1]
        for item in items:
            self._waiting.popleft()
            if item.kind == b"Z":
                self.closed = True
        self._since = time.monotonic()
        self._write(
            State(last.segment, last.end, last.seq + 1, 0, self.state.rejected + rejected, 0)
        )
        for number in range(self.state.segment):
            segment_path(self.folder, self.id, number).unlink(missing_ok=True)

    def fail(self, when: int) -> None:
        """Note since when the server does not answer; 0: it does."""
        if bool(self.state.failing) != bool(when):
            self._write(self.state._replace(failing=when))

    def sync(self) -> None:
        """Flush the position to disk."""
        os.fsync(self._fd)

    def close(self) -> None:
        """Let go of the files."""
        self._segment.close()
        os.close(self._fd)

    def remove(self) -> None:
        """Delete a journal that is shipped; what was refused stays."""
        self.close()
        for path in self.folder.glob(f"{self.id}.*"):
            if path != rejects_path(self.folder, self.id):
                path.unlink(missing_ok=True)

    def _plan_end(self) -> int:
        return self.state.seq + self.state.planned

    def _write(self, state: State) -> None:
        self.state = state
        os.pwrite(self._fd, state.pack(), 0)

    def _open(self) -> Segment:
        """Open the segment of the position, and go to the position."""
        self._segment = Segment(segment_path(self.folder, self.id, self._number))
        state = self.state
        while self._segment.offset < state.offset:
            before = self._segment.offset
            for record in self._segment.records():
                if record.payload[:1] == b"S":
                    self.live.add(self._item(record).run)
                if record.payload[:1] == b"R" and self._item(record).value.ends:
                    self.live.discard(self._item(record).run)
                if record.end >= state.offset:
                    break
            if self._segment.offset == before and not self._segment.skip_damaged():
                break
        self._segment.seq = max(self._segment.seq, state.seq)
        return self._segment

    def _go_on(self) -> bool:
        """Go past the end of a segment, or past what is damaged; False: there is no more yet."""
        following = segment_path(self.folder, self.id, self._number + 1)
        last = not following.exists()
        if last and self.owned():
            return False
        left = self._segment.size() - self._segment.offset
        if left:
            if self._segment.skip_damaged():
                self.damaged += 1
                return True
            self.torn += left
        if last:
            return False
        seq = self._segment.seq
        self._segment.close()
        self._number += 1
        self._segment = Segment(following)
        self._segment.seq = max(self._segment.seq, seq)
        return True

    def _item(self, record: Record) -> Item:
        kind, run = record.payload[:1], ""
        value: Any = None
        body = record.payload[1:]
        if kind == b"M":
            run, point = self._segment.point(record.payload)
            value = {"metrics": [point]}
        elif kind == b"B":
            value = msgspec.json.decode(body)
            run = value.pop("run_id")
        elif kind == b"R":
            value = msgspec.json.decode(body, type=Request)
            run = value.run
        elif kind == b"A":
            value = msgspec.json.decode(body, type=Upload)
            run = value.run
        elif kind == b"S":
            value = msgspec.json.decode(body, type=Started)
            run = value.run
        elif kind == b"D":
            value = msgspec.json.decode(body)
        return Item(record.seq, self._number, record.end, kind, run, value)
