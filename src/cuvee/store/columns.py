"""Points of one metric as columns, and the bytes of a chunk.

A chunk is a header and three columns: times, steps and values. Times and steps are kept as
differences, in as few bytes as the widest of them needs, or as one difference where all are equal.
What is left is kept byte plane by byte plane: all lowest bytes, then all second bytes and so on. A
plane is compressed where that halves it: unpacking costs most of what a reader does, and the noise
in a float's low bytes costs nothing so. Little endian; on noisy losses: 8 bytes a point.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cuvee.store.series import NAN_BITS

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Place = tuple[int, int, int]
"""Where a point stands in a history: its time, step and bits."""

_FLIP = np.int64(0x7FFF_FFFF_FFFF_FFFF)
_HEADER = struct.Struct("<BI")
_COLUMN = struct.Struct("<BQQ")
_PLANE = struct.Struct("<I")
_FORMAT = 1
_PACKED = 1 << 31
"""Set in a plane's length when it is compressed."""


class Points(NamedTuple):
    """Points of one metric: int64 arrays of equal length, in the order of a history."""

    times: Ints
    steps: Ints
    bits: Ints

    @property
    def size(self) -> int:
        """How many points these are."""
        return len(self.times)

    def part(self, which: slice | NDArray[np.bool_] | Ints) -> Points:
        """Return some of the points."""
        return Points(self.times[which], self.steps[which], self.bits[which])

    def place(self, index: int) -> Place:
        """Return where one of the points stands."""
        return int(self.times[index]), int(self.steps[index]), int(self.bits[index])

    def values(self) -> Floats:
        """Return what was measured."""
        return unflipped(self.bits).view(np.float64)

    def after(self, place: Place) -> Points:
        """Return the points that stand after a place."""
        return self.part(slice(self.rank(place), None))

    def rank(self, place: Place) -> int:
        """Return how many of the points stand at or before a place."""
        time, step, bits = place
        low = int(np.searchsorted(self.times, time, "left"))
        high = int(np.searchsorted(self.times, time, "right"))
        same = self.part(slice(low, high))
        before = (same.steps < step) | ((same.steps == step) & (same.bits <= bits))
        return low + int(np.count_nonzero(before))


NONE = Points(*(np.empty(0, np.int64),) * 3)


def merged(parts: Iterable[Points]) -> Points:
    """Return all points in order, each once."""
    some = [part for part in parts if part.size]
    if not some:
        return NONE
    found = Points(*(np.concatenate(column) for column in zip(*some, strict=True)))
    if found.size < 2:
        return found
    if not _in_order(found):
        found = found.part(np.lexsort((found.bits, found.steps, found.times)))
    times, steps, bits = found
    again = (times[1:] == times[:-1]) & (steps[1:] == steps[:-1]) & (bits[1:] == bits[:-1])
    return found.part(np.concatenate(([True], ~again))) if again.any() else found


def _in_order(points: Points) -> bool:
    return bool((points.times[1:] > points.times[:-1]).all())


def by_step(points: Points) -> Points:
    """Return points, given in the order of a history, by step, time and value."""
    if bool((points.steps[1:] >= points.steps[:-1]).all()):
        return points
    return points.part(np.argsort(points.steps, kind="stable"))


def telling(points: Points) -> Points:
    """Return the points, at least one, that have the same summary as all of them; mostly a few."""
    steps, bits = points.steps, points.bits
    some = (steps == np.max(steps)) | (steps == np.min(steps))
    real = bits[bits != NAN_BITS]
    if len(real):
        some |= (bits == real.min()) | (bits == real.max())
    return points.part(some)


def unflipped(bits: Ints) -> Ints:
    """Return order-preserving integers as the plain bits of float64."""
    if not len(bits) or np.min(bits) >= 0:
        return bits
    plain: Ints = bits >> 63
    plain &= _FLIP
    plain ^= bits
    return plain


def loose(rows: Sequence[bytes]) -> Points:
    """Return the points of a tail's rows, in order, each once; see store/points.py.

    Args:
        rows: each holds the times, the steps and the bits of some points.
    """
    single = b"".join([row for row in rows if len(row) == 24])
    parts = [np.frombuffer(row, "<i8").reshape(3, -1) for row in rows if len(row) != 24]
    parts.append(np.frombuffer(single, "<i8").reshape(-1, 3).T)
    return merged(Points(*part.astype(np.int64, order="C", copy=False)) for part in parts)


# ---------------------------------------------------------------- chunks


def encode(points: Points) -> bytes:
    """Return the bytes of a chunk.

    Args:
        points: at least one.
    """
    return b"".join(
        [
            _HEADER.pack(_FORMAT, points.size),
            _differences(points.times),
            _differences(points.steps),
            _plain(points.bits),
        ]
    )


def _differences(column: Ints) -> bytes:
    # Unsigned: what wraps round at the ends of int64 comes back when it is added up.
    numbers = column.view(np.uint64)
    steps = np.diff(numbers)
    if not len(steps) or bool((steps == steps[0]).all()):
        return _COLUMN.pack(0, int(numbers[0]), int(steps[0]) if len(steps) else 0)
    least = np.min(steps.view(np.int64)).view(np.uint64)
    rest = steps - least
    most = int(rest.max())
    width = next(w for w in (1, 2, 4, 8) if most < 1 << 8 * w)
    return _COLUMN.pack(width, int(numbers[0]), int(least)) + _planes(rest.astype(f"<u{width}"))


def _plain(column: Ints) -> bytes:
    numbers = column.view(np.uint64)
    if bool((numbers == numbers[0]).all()):
        return _COLUMN.pack(0, int(numbers[0]), 0)
    return _COLUMN.pack(8, 0, 0) + _planes(numbers.astype("<u8"))


def _planes(numbers: NDArray[np.unsignedinteger]) -> bytes:
    out = []
    for plane in numbers.view(np.uint8).reshape(len(numbers), -1).T:
        raw = plane.tobytes()
        packed = zlib.compress(raw, 1)
        if len(packed) < len(raw) // 2:
            out += [_PLANE.pack(len(packed) | _PACKED), packed]
        else:
            out += [_PLANE.pack(len(raw)), raw]
    return b"".join(out)


def decode(blob: bytes, ranks: Ints | None = None) -> Points:
    """Return the points of a chunk, or those of some ranks.

    Raises:
        ValueError: these bytes are no chunk of this format.
    """
    count = _count(blob)
    times, at = _summed(blob, _HEADER.size, count, ranks)
    steps, at = _summed(blob, at, count, ranks)
    bits = np.empty_like(times)
    _read_bits(blob, at, bits, ranks)
    return Points(times, steps, bits)


def decode_at(blobs: Sequence[bytes], *, steps: bool) -> tuple[Ints, Floats]:
    """Return the steps of some chunks' points, or their times, and the values.

    The rest stays packed. Several chunks are one call each of what is then done to their points.

    Raises:
        ValueError: these bytes are no chunks of this format.
    """
    counts = [_count(blob) for blob in blobs]
    places = np.empty(sum(counts), np.int64)
    bits = np.empty_like(places)
    end = 0
    for blob, count in zip(blobs, counts, strict=True):
        mine = slice(end, end + count)
        end += count
        at = _behind(blob, _HEADER.size) if steps else _HEADER.size
        places[mine], at = _summed(blob, at, count, None)
        _read_bits(blob, at if steps else _behind(blob, at), bits[mine], None)
    return places, unflipped(bits).view(np.float64)


def _count(blob: bytes) -> int:
    form, count = _HEADER.unpack_from(blob)
    if form != _FORMAT:
        raise ValueError(f"a chunk of points has the unknown format {form}")
    return int(count)


def _behind(blob: bytes, at: int) -> int:
    """Return where the column after the one at a place begins."""
    width, _, _ = _COLUMN.unpack_from(blob, at)
    at += _COLUMN.size
    for _ in range(width):
        (length,) = _PLANE.unpack_from(blob, at)
        at += _PLANE.size + (length & ~_PACKED)
    return at


def _read_bits(blob: bytes, at: int, out: Ints, ranks: Ints | None) -> None:
    width, first, _ = _COLUMN.unpack_from(blob, at)
    if width == 0:
        out.view(np.uint64)[:] = first
    else:
        _join(blob, at + _COLUMN.size, out.view("<u8"), ranks)


def _summed(blob: bytes, at: int, count: int, ranks: Ints | None) -> tuple[Ints, int]:
    width, first, least = _COLUMN.unpack_from(blob, at)
    at += _COLUMN.size
    if width == 0:
        which = np.arange(count, dtype=np.uint64) if ranks is None else ranks.astype(np.uint64)
        return (which * np.uint64(least) + np.uint64(first)).view(np.int64), at
    numbers = np.empty(count, np.uint64)
    numbers[0] = first
    rest = np.empty(count - 1, f"<u{width}")
    at = _join(blob, at, rest, None)
    np.add(rest, np.uint64(least), out=numbers[1:])
    found = np.cumsum(numbers, out=numbers).view(np.int64)
    return found if ranks is None else found[ranks], at


def _join(blob: bytes, at: int, out: NDArray[np.unsignedinteger], ranks: Ints | None) -> int:
    """Put numbers together, all or those of some ranks; return where their planes end."""
    bytes_of = out.view(np.uint8).reshape(len(out), -1)
    for i in range(bytes_of.shape[1]):
        (length,) = _PLANE.unpack_from(blob, at)
        at += _PLANE.size
        size = length & ~_PACKED
        if length & _PACKED:
            plane = np.frombuffer(zlib.decompress(blob[at : at + size]), np.uint8)
        else:
            plane = np.frombuffer(blob, np.uint8, size, at)
        bytes_of[:, i] = plane if ranks is None else plane[ranks]
        at += size
    return at
