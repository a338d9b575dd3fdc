"""Points reduced to buckets, block by block, so that a long history needs little memory."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
_SMALL = 2.0**-40
"""By how much numbers are made smaller whose sum is beyond float64."""


class Rows(NamedTuple):
    """What there is in buckets: float64 arrays of equal length, in the order of x."""

    x: Floats
    last: Floats
    min: Floats
    x_min: Floats
    max: Floats
    x_max: Floats
    mean: Floats
    counts: Floats
    nans: Floats


def one_by_one(x: Floats, values: Floats) -> Rows:
    """Return a bucket for each point.

    Args:
        x: places in any order; the order of points at the same place is kept.
        values: what was measured there.
    """
    if not bool((x[1:] >= x[:-1]).all()):
        order = np.argsort(x, kind="stable")
        x, values = x[order], values[order]
    nan = np.isnan(values)
    places = np.where(nan, np.nan, x)
    ones = np.ones(len(x))
    return Rows(x, values, values, places, values, places, values, ones, nan.astype(np.float64))


class Buckets:
    """Buckets of equal width to which points are added in any order.

    Args:
        low: least place of a point.
        high: greatest place.
        number: how many buckets.
    """

    def __init__(self, low: float, high: float, number: int) -> None:
        # Ends may be so far apart that their distance is beyond float64, or next to nothing.
        self._shrink = 1.0 if math.isfinite(high - low) else 0.25
        self._low = low * self._shrink
        width = high * self._shrink - self._low
        scale = number / width if width > 0 else 0.0
        self._scale = scale if math.isfinite(scale) else 0.0
        self._number = number
        empty = np.full(number, np.nan)
        self._x = np.full(number, -np.inf)
        self._last, self._x_min, self._x_max = empty.copy(), empty.copy(), empty.copy()
        self._min, self._max = np.full(number, np.inf), np.full(number, -np.inf)
        self._sum, self._small_sum = np.zeros(number), np.zeros(number)
        self._count, self._numbers = np.zeros(number), np.zeros(number)

    def add(self, x: Floats, values: Floats) -> None:
        """Add points; of those at the same place the one that comes last counts as the last."""
        found = np.clip((x * self._shrink - self._low) * self._scale, 0, self._number - 1).astype(
            np.int64
        )
        if not bool((x[1:] >= x[:-1]).all()):
            order = np.argsort(x, kind="stable")
            found, x, values = found[order], x[order], values[order]
        first = np.flatnonzero(np.concatenate(([True], found[1:] != found[:-1])))
        at = found[first]
        ends = np.append(first[1:], len(found)) - 1
        self._count[at] += ends + 1 - first
        later = x[ends] >= self._x[at]
        self._x[at[later]], self._last[at[later]] = x[ends][later], values[ends][later]
        real = ~np.isnan(values)
        if not real.all():
            found, x, values = found[real], x[real], values[real]
            if not len(found):
                return
            first = np.flatnonzero(np.concatenate(([True], found[1:] != found[:-1])))
            at = found[first]
        self._measure(found, at, first, x, values)

    def _measure(
        self,
        found: NDArray[np.int64],
        at: NDArray[np.int64],
        first: NDArray[np.intp],
        x: Floats,
        values: Floats,
    ) -> None:
        sizes = np.diff(np.append(first, len(found)))
        with np.errstate(all="ignore"):  # infinities of both signs have no mean
            self._sum[at] += np.add.reduceat(values, first)
            self._small_sum[at] += np.add.reduceat(values * _SMALL, first)
        self._numbers[at] += sizes
        for held, places, least in (
            (self._min, self._x_min, np.minimum),
            (self._max, self._x_max, np.maximum),
        ):
            best = least.reduceat(values, first)
            hits = np.flatnonzero(values == np.repeat(best, sizes))
            where = x[hits[np.searchsorted(hits, first)]]
            old, place = held[at], places[at]
            better = (least(best, old) != old) | np.isnan(place)
            better |= (best == old) & (where < place)
            held[at[better]], places[at[better]] = best[better], where[better]

    def rows(self) -> Rows:
        """Return the buckets that have points."""
        some = self._count > 0
        real = self._numbers > 0
        low, high = np.where(real, self._min, np.nan), np.where(real, self._max, np.nan)
        with np.errstate(all="ignore"):
            mean = self._sum / self._numbers
            # A sum that overflows may meet an infinity of the other sign; a small sum does not.
            mean = np.where(np.isfinite(mean), mean, self._small_sum / self._numbers / _SMALL)
        columns = (self._x, self._last, low, self._x_min, high, self._x_max, mean)
        counts = (self._count, self._count - self._numbers)
        return Rows(*(column[some] for column in (*columns, *counts)))


NOTHING = one_by_one(np.empty(0), np.empty(0))
