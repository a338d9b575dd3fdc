"""How long to wait after wrong logins."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

MINUTE = 60_000
FORGOTTEN = 15 * MINUTE
"""Milliseconds without a failure after which earlier ones no longer count."""


class Limit(NamedTuple):
    """How many failures are free, and how long (ms) each further one may delay the next try."""

    free: int
    longest: int


LIMITS = {
    # One address at one user: someone who guesses.
    "pair": Limit(10, 5 * MINUTE),
    # One address at many users.
    "address": Limit(50, 5 * MINUTE),
    # Many addresses at one user. The delay is short, and ``known`` addresses do not feel it:
    # whoever guesses from elsewhere must not be able to lock the real user out.
    "user": Limit(100, 10_000),
}


def subjects(name: str, address: str) -> dict[str, str]:
    """Return what failures are counted by: kind -> text."""
    return {
        "pair": f"pair {address} {name}",
        "address": f"address {address}",
        "user": f"user {name}",
        "known": f"known {address} {name}",
    }


def wait(counted: Mapping[str, tuple[int, int]], now: int) -> int:
    """Return the milliseconds until the next attempt is heard; 0 when it is heard now.

    Args:
        counted: kind -> (failures, time of the last in ms since 1970), where there are any.
        now: milliseconds since 1970.
    """
    longest = 0
    for kind, limit in LIMITS.items():
        failures, last = counted.get(kind, (0, 0))
        if failures < limit.free or now - last > FORGOTTEN:
            continue
        if kind == "user" and "known" in counted:
            continue
        delay = min(1000 * 2 ** min(failures - limit.free, 20), limit.longest)
        longest = max(longest, last + delay - now)
    return longest
