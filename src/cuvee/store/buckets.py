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
        # Ends may be so far apart that their distance is beyond float64.
        shrink = 1.0 if math.isfinite(high - low) else 0.25
        width = high * shrink - low * shrink
        self._edges = (low * shrink + np.arange(1, number) / number * width) / shrink
        """Where all buckets but the first begin."""
        empty = np.full(number, np.nan)
        self._x = np.full(number, -np.inf)
        self._last, self._x_min, self._x_max = empty.copy(), empty.copy(), empty.copy()
        self._min, self._max = np.full(number, np.inf), np.full(number, -np.inf)
        self._sum, self._small_sum = np.zeros(number), np.zeros(number)
        self._count, self._numbers = np.zeros(number), np.zeros(number)

    def add(self, x: Floats, values: Floats) -> None:
        """Add points; of those at the same place the one that comes last counts as the last."""
        if not bool((x[1:] >= x[:-1]).all()):
            order = np.argsort(x, kind="stable")
            x, values = x[order], values[order]
        at, first = self._cut(x)
        ends = np.append(first[1:], len(x)) - 1
        self._count[at] += ends + 1 - first
        later = x[ends] >= self._x[at]
        self._x[at[later]], self._last[at[later]] = x[ends][later], values[ends][later]
        with np.errstate(all="ignore"):
            some_nan = np.isnan(np.sum(values))  # or infinities of both signs, which does no harm
        if some_nan:
            real = ~np.isnan(values)
            x, values = x[real], values[real]
            if not len(x):
                return
            at, first = self._cut(x)
        self._measure(at, first, x, values)

    def _cut(self, x: Floats) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Return which buckets there are points in, and where in ``x``, sorted, each begins."""
        low, high = np.searchsorted(self._edges, x[[0, -1]], "right")
        first = np.concatenate(([0], np.searchsorted(x, self._edges[low:high], "left")))
        some = np.append(first[1:], len(x)) > first
        return np.arange(low, high + 1)[some], first[some]

    def _measure(
        self, at: NDArray[np.intp], first: NDArray[np.intp], x: Floats, values: Floats
    ) -> None:
        sizes = np.diff(np.append(first, len(x)))
        with np.errstate(all="ignore"):  # infinities of both signs have no mean
            sums = np.add.reduceat(values, first)
            exact = bool(np.isfinite(sums).all())
            self._sum[at] += sums
            self._small_sum[at] += (
                sums * _SMALL if exact else np.add.reduceat(values * _SMALL, first)
            )
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
