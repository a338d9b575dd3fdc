"""Metric values as integers that both databases keep exactly.

SQLite stores NaN as NULL and -0.0 as 0; PostgreSQL sorts NaN its own way. The float64's bits, with
those of negative numbers turned over, are an int64 that sorts as the floats do, NaN last, and comes
back as exactly the float that was sent.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Sequence

_FLIP = 0x7FFF_FFFF_FFFF_FFFF


def to_bits(values: Sequence[float]) -> list[int]:
    """Return float64 values as order-preserving int64."""
    count = len(values)
    signed = struct.unpack(f"<{count}q", struct.pack(f"<{count}d", *values))
    bits = [b if b >= 0 else b ^ _FLIP for b in signed]
    for i, value in enumerate(values):
        if value != value:  # noqa: PLR0124  # NaN, whichever of its many bit patterns
            bits[i] = NAN_BITS
    return bits


def from_bits(bits: Sequence[int]) -> list[float]:
    """Return the float64 values that ``to_bits`` was given."""
    count = len(bits)
    packed = struct.pack(f"<{count}q", *[b if b >= 0 else b ^ _FLIP for b in bits])
    return list(struct.unpack(f"<{count}d", packed))


def comparable(value: float) -> float | None:
    """Return what filters compare: the value, or None for NaN."""
    return None if math.isnan(value) else value


NAN_BITS: int = struct.unpack("<q", struct.pack("<d", math.nan))[0]
