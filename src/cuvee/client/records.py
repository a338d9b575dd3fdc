"""The journal's format: frames of length, CRC-32 and payload, in numbered segments.

A payload begins with a byte that says what it is:

=====  =========================================================================================
``H``  head of a segment: JSON, see ``Head``
``K``  a number for a run's metric: little-endian uint32, then JSON ``[run_id, key]``
``M``  a point: uint32 number, float64 value, int64 timestamp (ms), int64 step
``B``  metrics, params and tags of one call: the JSON body of ``runs/log-batch``
``R``  another request: JSON, see ``Request``
``A``  a file of a run or logged model: JSON, see ``Upload``
``S``  a run is this process's from here on: JSON, see ``Started``
``D``  calls that could not be kept, because there was no room: JSON ``{"count": n}``
``F``  somebody waits: ship what is there
``Z``  the process has closed its journal
=====  =========================================================================================

``H`` and ``K`` say again what a reader of this segment must know; all others count, and their
number makes the key under which they are sent once.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterator
from math import isfinite, isnan
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
from msgspec import Struct

FRAME = struct.Struct("<II")
POINT = struct.Struct("<cIdqq")
NUMBER = struct.Struct("<I")
STATE = struct.Struct("<4sIQQIIQ")
STATE_SIZE = STATE.size + 4
_MAGIC = b"CJ01"
MAX_FRAME = 1 << 28
READ = 1 << 16
SILENT = frozenset({b"H", b"K"})
_SEGMENT = re.compile(r"([0-9a-f]{32})\.(\d{6})\.log")


class Head(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The first record of a segment.

    Args:
        journal: the journal's id, 32 hexadecimal digits.
        seq: number of the first record that counts.
        after: journal whose records before ``after_seq`` must be shipped first: it made the runs.
    """

    journal: str
    seq: int
    format: int = 1
    after: str = ""
    after_seq: int = 0


class Request(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A request to the server.

    Args:
        method, target: as in HTTP.
        body: JSON.
        run: the run that it is about.
        creates: whether it makes that run.
        ends: whether it ends that run.
        model: the logged model that it makes.
        unplaced: whether only the server knows in which experiment: that of the run, or
        experiment: the one of this name.
        may_exist: whether it does not matter that there is such a thing already.
        whole: the logged model whose files must all be there for it.
        key: the key under which it was asked for already, if it was.
    """

    method: str
    target: str
    body: msgspec.Raw
    run: str = ""
    creates: bool = False
    ends: bool = False
    model: str = ""
    unplaced: bool = False
    experiment: str = ""
    may_exist: bool = False
    whole: str = ""
    key: str = ""


class Upload(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A file that belongs to a run or logged model.

    Args:
        run: the run.
        path: where, below the root.
        file: its name in the session's directory of files.
        size: bytes.
        model: the logged model, when it is not the run's own file.
        below: whether it is a table whose rows come below those that are there.
    """

    run: str
    path: str
    file: str
    size: int = 0
    model: str = ""
    below: bool = False


class Started(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A run that ends with this process.

    Args:
        run: the run.
        capture: whether to record what it runs in: a run that is gone on with has that already.
    """

    run: str
    capture: bool = False


class State(NamedTuple):
    """How far a journal is shipped; the shipper writes it, the process reads it.

    Args:
        segment, offset: the first byte that is not shipped.
        seq: number of the first record that is not shipped.
        planned: records of the request that is under way: sent again, it must be the same.
        rejected: records that the server has refused so far.
        failing: milliseconds since 1970 at which the server stopped answering; 0 when it answers.
    """

    segment: int = 0
    offset: int = 0
    seq: int = 0
    planned: int = 0
    rejected: int = 0
    failing: int = 0

    def pack(self) -> bytes:
        """Return the bytes of the state file."""
        body = STATE.pack(_MAGIC, *self)
        return body + NUMBER.pack(zlib.crc32(body))

    @classmethod
    def unpack(cls, data: bytes) -> State | None:
        """Read a state file; None when it is not whole."""
        if len(data) < STATE_SIZE or not data.startswith(_MAGIC):
            return None
        body = data[: STATE.size]
        if zlib.crc32(body) != NUMBER.unpack_from(data, STATE.size)[0]:
            return None
        return cls(*STATE.unpack(body)[1:])


class Record(NamedTuple):
    """A record that was read.

    Args:
        seq: its number.
        payload: its bytes.
        end: offset of the byte after it.
    """

    seq: int
    payload: bytes
    end: int

    @property
    def kind(self) -> bytes:
        """The byte that says what it is."""
        return self.payload[:1]


def frame(payload: bytes) -> bytes:
    """Return a payload as it stands in a segment."""
    return FRAME.pack(len(payload), zlib.crc32(payload)) + payload


def whole(data: bytes, start: int = 0) -> tuple[bytes, int] | None:
    """Return the payload of the frame at ``start`` and the offset after it; None if it is torn."""
    if len(data) < start + FRAME.size:
        return None
    length, check = FRAME.unpack_from(data, start)
    begin = start + FRAME.size
    if not 0 < length <= MAX_FRAME or len(data) < begin + length:
        return None
    payload = data[begin : begin + length]
    return (payload, begin + length) if zlib.crc32(payload) == check else None


class Segment:
    """Reads one segment, from its beginning, as far as it is whole.

    Args:
        path: the file.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.keys: dict[int, tuple[str, str]] = {}
        self.head: Head | None = None
        self.offset = 0
        """Of the first byte that was not read as a record."""
        self.seq = 0
        self._file = path.open("rb")
        begin = self._file.read(FRAME.size)
        if found := whole(begin + self._file.read(self._wanted(begin) - len(begin))):
            self._learn(found[0])
            self.offset = found[1]

    def records(self, limit: int = READ) -> Iterator[Record]:
        """Give the records that count, after those that were given before.

        Args:
            limit: bytes to look at, at most (one record at least).
        """
        self._file.seek(self.offset)
        data = self._file.read(limit)
        wanted = self._wanted(data)
        if wanted > len(data):
            data += self._file.read(wanted - len(data))
        base, at = self.offset, 0
        while found := whole(data, at):
            payload, at = found
            self.offset = base + at
            if payload[:1] in SILENT:
                self._learn(payload)
                continue
            self.seq += 1
            yield Record(self.seq - 1, payload, self.offset)

    def skip_damaged(self) -> bool:
        """Go past one record with a wrong CRC, if a whole one follows it; say whether."""
        self._file.seek(self.offset)
        begin = self._file.read(FRAME.size)
        if len(begin) < FRAME.size:
            return False
        length, _ = FRAME.unpack(begin)
        after = self.offset + FRAME.size + length
        if not 0 < length <= MAX_FRAME or after >= self.size():
            return False
        self._file.seek(after)
        data = self._file.read(FRAME.size)
        data += self._file.read(self._wanted(data) - len(data))
        if not whole(data):
            return False
        self.offset = after
        self.seq += 1
        return True

    def size(self) -> int:
        """Return the file's size in bytes."""
        return self.path.stat().st_size

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    @staticmethod
    def _wanted(data: bytes) -> int:
        if len(data) < FRAME.size:
            return len(data)
        length = FRAME.unpack_from(data)[0]
        return FRAME.size + length if length <= MAX_FRAME else FRAME.size

    def _learn(self, payload: bytes) -> None:
        if payload[:1] == b"K":
            run, key = msgspec.json.decode(payload[5:])
            self.keys[NUMBER.unpack_from(payload, 1)[0]] = (run, key)
        else:
            self.head = msgspec.json.decode(payload[1:], type=Head)
            self.seq = max(self.seq, self.head.seq)

    def point(self, payload: bytes) -> tuple[str, dict[str, Any]]:
        """Return the run of a point, and the point as the protocol spells it."""
        _, number, value, timestamp, step = POINT.unpack(payload)
        run, key = self.keys[number]
        return run, {"key": key, "value": spelled(value), "timestamp": timestamp, "step": step}


def spelled(value: float) -> float | str:
    """Return a float as the protocol's JSON has it: NaN and the infinities are texts."""
    if isfinite(value):
        return value
    return "NaN" if isnan(value) else "Infinity" if value > 0 else "-Infinity"


def segments(folder: Path) -> dict[str, list[int]]:
    """Return the numbers of each journal's segments, ascending."""
    found: dict[str, list[int]] = {}
    for path in sorted(folder.iterdir()):
        if match := _SEGMENT.fullmatch(path.name):
            found.setdefault(match[1], []).append(int(match[2]))
    return found


def segment_path(folder: Path, journal: str, number: int) -> Path:
    """Return where a segment lies."""
    return folder / f"{journal}.{number:06d}.log"


def state_path(folder: Path, journal: str) -> Path:
    """Return where it stands how far a journal is shipped."""
    return folder / f"{journal}.state"


def owner_path(folder: Path, journal: str) -> Path:
    """Return the file that a journal's process holds a lock on."""
    return folder / f"{journal}.owner"


def rejects_path(folder: Path, journal: str) -> Path:
    """Return where records that the server refused are kept."""
    return folder / f"{journal}.rejects.jsonl"


def refusals(folder: Path, journal: str = "*") -> list[dict[str, Any]]:
    """Return what the server has refused of a session, or of one journal, with the reasons."""
    return [
        msgspec.json.decode(line)
        for path in sorted(folder.glob(rejects_path(folder, journal).name))
        for line in path.read_bytes().splitlines()
    ]
