"""Moments in time as people and programs write them."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone

from cuvee.api.names import shown
from cuvee.errors import InvalidParameter

DAY = 86_400_000
"""Milliseconds of a day."""
_MOMENT = re.compile(
    r"(\d{4}-\d\d-\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?"
    r" ?(?:([zZ])|([+-])(\d\d):?(\d\d)?)?)?",
    re.ASCII,
)


def moment_of(text: str) -> int:
    """Return a moment in milliseconds since 1970, UTC.

    Args:
        text: ISO 8601 (``2026-03-03``, which is the day's first moment; ``2026-03-03T09:30``,
            ``2026-03-03T09:30:00.5+01:00``, ``...Z``; UTC unless it says otherwise), or
            milliseconds since 1970.

    Raises:
        InvalidParameter: it is neither.
    """
    text = text.strip()
    if re.fullmatch(r"\d{1,15}", text, re.ASCII):
        return int(text)
    match = _MOMENT.fullmatch(text)
    try:
        if match is None:
            raise ValueError  # noqa: TRY301  # the same sentence for both
        day, hour, minute, second, fraction, _, sign, hours, minutes = match.groups()
        moment = datetime.fromisoformat(day).replace(tzinfo=timezone.utc) + timedelta(
            hours=_under(24, hour), minutes=_under(60, minute), seconds=_under(60, second)
        )
        offset = timedelta(hours=_under(24, hours), minutes=_under(60, minutes))
        moment += offset if sign == "-" else -offset
        seconds = int((moment - datetime(1970, 1, 1, tzinfo=timezone.utc)).total_seconds())
        found = seconds * 1000 + int((fraction or "0")[:3].ljust(3, "0"))
        if found < 0:
            raise ValueError  # noqa: TRY301  # nothing was recorded before 1970
    except (ValueError, OverflowError):
        raise InvalidParameter(
            f"{shown(text)} is not a moment: write it as 2026-03-03, 2026-03-03T09:30, "
            "2026-03-03T09:30:00+01:00 (UTC when no offset is given; in a URL the '+' is %2B) or "
            "in milliseconds since 1970."
        ) from None
    return found


def moment_said(moment: str | int | datetime) -> str:
    """Return a moment as ``moment_of`` reads it; a datetime without a zone is in UTC."""
    if isinstance(moment, datetime):
        return (moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)).isoformat()
    return str(moment)


def moment_text(milliseconds: int) -> str:
    """Return a moment as ISO 8601 in UTC, to the second."""
    try:
        moment = datetime(1970, 1, 1, tzinfo=timezone.utc) + timedelta(milliseconds=milliseconds)
    except OverflowError:
        return str(milliseconds)
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def _under(limit: int, digits: str | None) -> int:
    number = int(digits or 0)
    if number >= limit:
        raise ValueError(digits)
    return number
