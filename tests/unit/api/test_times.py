"""Moments are read as people and programs write them."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cuvee.api.times import moment_of, moment_text
from cuvee.errors import InvalidParameter


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("0", 0),
        ("1772496000000", 1772496000000),
        ("2026-03-03", 1772496000000),
        ("2026-03-03T00:00Z", 1772496000000),
        ("2026-03-03 00:00", 1772496000000),
        (" 2026-03-03T01:00:00+01:00 ", 1772496000000),
        ("2026-03-02T23:30:00.500-0030", 1772496000500),
        ("2026-03-03T00:00:00.123456789Z", 1772496000123),
        ("2026-03-03T05:30+05:30", 1772496000000),
        ("2026-03-03T01+01", None),
        ("1970-01-01T00:00+01:00", None),
        ("2026-02-30", None),
        ("2026-03-03T24:00", None),
        ("2026-03-03T00:60", None),
        ("2026-03-03T00:00+24:00", None),
        ("2026-03-03T00:00 01:00", None),
        ("9999-12-31T23:59-23:59", None),
        ("2026-3-3", None),
        ("last week", None),
        ("٢٠٢٦-٠٣-٠٣", None),
        ("", None),
        ("1" * 16, None),
    ],
)
def test_a_moment_is_understood_or_refused_in_words(text: str, found: int | None) -> None:
    if found is None:
        with pytest.raises(InvalidParameter, match="is not a moment: write it as"):
            moment_of(text)
    else:
        assert moment_of(text) == found


@given(
    st.datetimes(datetime(1971, 1, 1), datetime(9000, 1, 1)),  # noqa: DTZ001  # zones come next
    st.integers(-1439, 1439),
)
def test_every_iso_moment_with_an_offset_is_that_moment(naive: datetime, minutes: int) -> None:
    moment = naive.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    expected = (moment - datetime(1970, 1, 1, tzinfo=timezone.utc)) // timedelta(milliseconds=1)
    assert moment_of(moment.isoformat()) == expected
    assert moment_of(moment_text(expected)) == expected // 1000 * 1000
