"""Histories by columns are written as pages of points are."""

from __future__ import annotations

import math

import pytest

from cuvee.api import wire
from cuvee.api.histories import HistoryColumns
from cuvee.api.metrics import Metric, MetricPage

LARGEST = 1.7976931348623157e308


@pytest.mark.parametrize("key", ["loss", 'a "quoted" /key\\', "größe", "x" * 250])
@pytest.mark.parametrize(
    "values",
    [
        [],
        [0.5],
        [0.0, -0.0, 1e300, 5e-324],
        [math.nan, 1.0, math.inf, -math.inf, math.nan],
        [LARGEST, LARGEST],
        [math.inf, -math.inf],
    ],
)
def test_columns_are_written_as_points_are(key: str, values: list[float]) -> None:
    times = [2**62 - i for i in range(len(values))]
    steps = [-(2**63) + i for i in range(len(values))]
    columns = HistoryColumns(
        key=key, values=values, timestamps=times, steps=steps, next_page_token="t"
    )
    points = [Metric(key, *row) for row in zip(values, times, steps, strict=True)]
    assert columns.written() == wire.encode(MetricPage(points))
